import { narrowed } from '#lib/exports/plan-export.ts';
import type { AllowlistDocument, FeedServerVersion, Narrowing } from '#lib/feed/documents.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Part of what an organization allows. */
export type Part = { team?: string; group?: string; environment?: string };

/**
 * What of a listed version this part may use, or null. What is locked to an environment is there only for who asks for
 * that environment. Throws NOT_FOUND for a team or group that the list does not have.
 */
export function partOf(
  allowlist: AllowlistDocument,
  { team, group, environment }: Part,
): (name: string, entry: FeedServerVersion) => FeedServerVersion | null {
  const narrowings = [find(allowlist.teams, 'team', team), find(allowlist.groups, 'group', group)].filter(
    (narrowing) => narrowing !== null,
  );
  return (name, entry) => {
    if (entry.environments && !entry.environments.includes(environment ?? '')) return null;
    const isThere = narrowings.every(({ servers }) => servers.some((server) => server.name === name));
    return isThere ? narrowed(entry, name, narrowings) : null;
  };
}

/** The same part without an environment that nothing is locked to: names can be made up without end, answers are kept. */
export function effectivePart<T extends Part>({ environments }: { environments: readonly string[] }, part: T): T {
  if (part.environment === undefined || environments.includes(part.environment)) return part;
  return { ...part, environment: undefined };
}

function find(narrowings: Narrowing[] | undefined, kind: string, slug: string | undefined): Narrowing | null {
  if (slug === undefined) return null;
  const found = narrowings?.find(({ name }) => name === slug);
  if (!found) throw new DomainError('NOT_FOUND', `The published list has no ${kind} "${slug.slice(0, 100)}".`);
  return found;
}
