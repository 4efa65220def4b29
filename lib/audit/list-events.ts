import { z } from 'zod';
import { db, Prisma } from '#lib/db/db.ts';
import { type EventView, eventView } from './event-view.ts';

export const EVENTS_A_PAGE = 50;

/** Events that one page looks through at most, so that a search for what never happened ends. */
export const SEARCHED_EVENTS = 20_000;

const MAX_SEQ = 2 ** 31 - 1;
const words = (max: number) => z.string().trim().min(1).max(max).nullable().catch(null);
const time = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text))
  .nullable()
  .catch(null);

/** What a list of events is narrowed to. Whatever is no such value narrows nothing. */
export const eventFilterSchema = z.object({
  /** A kind, or a family such as `allowlist.*`. */
  kind: z
    .string()
    .regex(/^[a-z-]+\.(\*|[a-z-]+)$/)
    .nullable()
    .catch(null),
  /** Part of a name. */
  actor: words(100),
  server: words(255),
  /** From this moment on, and before that one; a date alone is its first moment in UTC. */
  from: time,
  to: time,
  /** Part of any text of the event. */
  text: words(200),
  /** Only events below this number. */
  before: z.coerce.number().int().min(1).max(MAX_SEQ).nullable().catch(null),
});

export type EventFilter = z.output<typeof eventFilterSchema>;

export const NO_FILTER: EventFilter = eventFilterSchema.parse({});

export type EventList = {
  events: EventView[];
  /** The `before` of the following page, null where there is none. */
  next: number | null;
  /** The page ended at its limit before the chain did: earlier events may match. */
  isCut: boolean;
};

type Row = Parameters<typeof eventView>[0];

/** Events of a chain, newest first. The caller has checked who asks. */
export async function listEvents({ chain, filter }: { chain: string; filter: EventFilter }): Promise<EventList> {
  const top = Math.min(filter.before ?? MAX_SEQ, (await highest(chain)) + 1);
  const bottom = Math.max(top - SEARCHED_EVENTS, 0);
  const rows = await db().$queryRaw<Row[]>`
    select "seq", "at", "actor", "kind", "subject", "data", "hash" from "AuditEvent"
    where "chain" = ${chain} and "seq" < ${top} and "seq" >= ${bottom} ${conditions(filter)}
    order by "seq" desc limit ${EVENTS_A_PAGE + 1}`;
  const shown = rows.slice(0, EVENTS_A_PAGE);
  const events = shown.map(eventView);
  if (rows.length > shown.length) return { events, next: shown.at(-1)!.seq, isCut: false };
  const hasEarlier =
    bottom > 0 && (await db().auditEvent.findFirst({ where: { chain, seq: { lt: bottom } } })) !== null;
  return { events, next: hasEarlier ? bottom : null, isCut: hasEarlier };
}

async function highest(chain: string): Promise<number> {
  const last = await db().auditEvent.findFirst({ where: { chain }, orderBy: { seq: 'desc' }, select: { seq: true } });
  return last?.seq ?? 0;
}

/** Positions instead of patterns: `%` and `_` are letters like others. */
function conditions({ kind, actor, server, from, to, text }: EventFilter): Prisma.Sql {
  const given: Prisma.Sql[] = [];
  if (kind?.endsWith('.*')) given.push(Prisma.sql`and starts_with("kind", ${kind.slice(0, -1)})`);
  else if (kind) given.push(Prisma.sql`and "kind" = ${kind}`);
  if (actor) given.push(Prisma.sql`and strpos(lower("actor"->>'name'), lower(${storable(actor)})) > 0`);
  if (server) given.push(Prisma.sql`and "subject"->>'server' = ${storable(server)}`);
  if (from) given.push(Prisma.sql`and "at" >= ${from}`);
  if (to) given.push(Prisma.sql`and "at" < ${to}`);
  if (text) {
    // JSON text writes quotes and backslashes with a backslash.
    const inJson = JSON.stringify(storable(text)).slice(1, -1);
    given.push(
      Prisma.sql`and strpos(lower("kind" || ' ' || "actor"::text || "subject"::text || "data"::text), lower(${inJson})) > 0`,
    );
  }
  return given.length > 0 ? Prisma.join(given, ' ') : Prisma.empty;
}

/** PostgreSQL holds no U+0000 in a text; no event has one. */
const storable = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed();
