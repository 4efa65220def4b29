import type { EventFilter } from '#lib/audit/list-events.ts';

/** What of an audit list's address narrows it, as it was typed. */
export type AuditQuery = Partial<Record<'kind' | 'actor' | 'server' | 'from' | 'to' | 'text', string>> & {
  before?: string;
};

const NARROWING = ['kind', 'actor', 'server', 'from', 'to', 'text'] as const;

/** The first value of each name; empty ones, which forms send for empty fields, are none. */
export const firstValues = (search: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) => {
      const first = [value].flat()[0];
      return first ? [[name, first]] : [];
    }),
  );

/** The parts that were understood, for links that keep them. */
export const filterQuery = (given: Record<string, string>, filter: EventFilter): AuditQuery =>
  Object.fromEntries([...NARROWING, 'before' as const].flatMap((name) => (filter[name] ? [[name, given[name]!]] : [])));

/** Without the place in the list. */
export const narrowingOf = ({ before: _, ...query }: AuditQuery): Record<string, string> => query;
