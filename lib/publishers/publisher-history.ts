import type { EventKind } from '#lib/audit/events.ts';
import { db } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

type Side = { slug: string; displayName: string };

/** One thing that happened to a publisher and that everybody may know. It never says who of its members did it. */
export type HistoryEntry = { at: string } & (
  | { kind: 'created' }
  | { kind: 'renamed'; from: string; to: string }
  | { kind: 'level-changed'; from: string; to: string }
  | { kind: 'namespace-granted' | 'namespace-lapsed' | 'namespace-recovered'; namespace: string }
  | { kind: 'namespace-proven'; namespace: string; proof: string }
  | { kind: 'namespace-received' | 'namespace-given'; namespace: string; other: Side }
  | { kind: 'signer-bound' | 'signer-unbound'; signer: string }
);

/** Events that pages show to everybody. Members, invitations, tokens and claims are the publisher's own affair. */
const PUBLIC_KINDS = [
  'publisher.created',
  'publisher.renamed',
  'publisher.level-changed',
  'namespace.granted',
  'namespace.proven',
  'namespace.lapsed',
  'namespace.recovered',
  'signer.bound',
  'signer.unbound',
] as const satisfies readonly EventKind[];

type PublicKind = (typeof PUBLIC_KINDS)[number];

const SHOWN = 100;

/** What happened to a publisher, the newest 100 of it first: from the audit events and the transfers of namespaces. */
export async function publisherHistory({ id, slug }: { id: string; slug: string }): Promise<HistoryEntry[]> {
  const side = { select: { slug: true, displayName: true } };
  const [events, transfers] = await Promise.all([
    db().auditEvent.findMany({
      where: {
        chain: 'instance',
        kind: { in: [...PUBLIC_KINDS] },
        subject: { path: ['publisher'], equals: slug },
      },
      orderBy: { seq: 'desc' },
      take: SHOWN,
      select: { kind: true, subject: true, data: true, at: true },
    }),
    db().namespaceTransfer.findMany({
      where: { state: 'accepted', OR: [{ fromPublisherId: id }, { toPublisherId: id }] },
      orderBy: { decidedAt: 'desc' },
      take: SHOWN,
      include: { from: side, to: side },
    }),
  ]);
  const entries = [
    ...events.map(({ kind, subject, data, at }) => {
      const fields = { ...(data as JsonObject), ...(subject as JsonObject) };
      return { at: at.toISOString(), ...entryOf(kind as PublicKind, fields) };
    }),
    ...transfers.map(({ namespace, from, to, decidedAt, offeredAt }) => {
      const isGiven = from.slug === slug;
      return {
        at: (decidedAt ?? offeredAt).toISOString(),
        kind: isGiven ? ('namespace-given' as const) : ('namespace-received' as const),
        namespace,
        other: isGiven ? to : from,
      };
    }),
  ];
  return entries.sort((a, b) => b.at.localeCompare(a.at)).slice(0, SHOWN);
}

type Untimed<Entry> = Entry extends unknown ? Omit<Entry, 'at'> : never;

function entryOf(kind: PublicKind, fields: JsonObject): Untimed<HistoryEntry> {
  const text = (field: string) => String(fields[field] ?? '?');
  const namespace = text('namespace');
  switch (kind) {
    case 'publisher.created':
      return { kind: 'created' };
    case 'publisher.renamed':
      return { kind: 'renamed', from: text('from'), to: text('to') };
    case 'publisher.level-changed':
      return { kind: 'level-changed', from: text('from'), to: text('to') };
    case 'namespace.granted':
      return { kind: 'namespace-granted', namespace };
    case 'namespace.proven':
      return { kind: 'namespace-proven', namespace, proof: text('proof') };
    case 'namespace.lapsed':
      return { kind: 'namespace-lapsed', namespace };
    case 'namespace.recovered':
      return { kind: 'namespace-recovered', namespace };
    case 'signer.bound':
      return { kind: 'signer-bound', signer: text('signer') };
    case 'signer.unbound':
      return { kind: 'signer-unbound', signer: text('signer') };
  }
}
