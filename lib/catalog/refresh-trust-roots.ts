import { appendEvent } from '#lib/audit/append-event.ts';
import { db, Prisma, type Tx } from '#lib/db/db.ts';
import { type Outbound, outbound as processOutbound } from '#lib/outbound/index.ts';
import { fetchTrustedRoot, type TufFault, type TufFiles } from '#lib/signing/fetch-trusted-root.ts';
import { PUBLIC_GOOD_NAME, parseTrustRoot, publicGoodRoot, publicGoodTuf, type TrustRoot } from '#lib/signing/index.ts';
import { shippedRootSha256, type TrustRootRow, type TufState, trustedRootSha256 } from './trust-roots.ts';

/** How long an answer of a TUF repository counts as current. */
const REFRESH_AFTER_MS = 23 * 60 * 60 * 1000;

/** Why the last refresh failed. `since` is the first failure in a row, `lastOkAt` the last time before it that all was well. */
export type RefreshError = {
  code: TufFault | 'ROOT_UNUSABLE';
  message: string;
  since: string;
  lastOkAt: string | null;
};

export type RootRefresh = { name: string; outcome: 'changed' | 'unchanged' | 'failed'; error: RefreshError | null };

type Source = {
  name: string;
  kind: TrustRoot['kind'];
  thresholds?: TrustRoot['thresholds'];
  namespaces?: string[];
  mirror: string;
  state: TufState;
  row: TrustRootRow | null;
};

/**
 * Asks the TUF repositories of the roots that have one for the current root, each about once a day. What does not
 * verify, cannot be used or cannot be had changes nothing but what is said about the root: verification goes on with
 * what was there before. Never throws because of a repository. Call `reverifySignatures` afterwards.
 */
export async function refreshTrustRoots({
  now = new Date(),
  outbound = processOutbound(),
  publicGoodMirror,
  only,
  signal,
}: {
  now?: Date;
  outbound?: Outbound;
  /** Instead of Sigstore's own, where no row says otherwise. */
  publicGoodMirror?: string;
  /** This root alone, whether it is due or not. */
  only?: string;
  signal?: AbortSignal;
} = {}): Promise<RootRefresh[]> {
  const refreshed: RootRefresh[] = [];
  for (const source of await sourcesOf(publicGoodMirror)) {
    if (signal?.aborted) break;
    if (only === undefined ? isDue(source, now) : source.name === only) {
      refreshed.push(await refresh(source, { now, outbound, signal }));
    }
  }
  return refreshed;
}

/** A public-good root that an admin uploaded has no mirror and stays as it is. */
async function sourcesOf(publicGoodMirror: string | undefined): Promise<Source[]> {
  const rows = await db().trustRoot.findMany({ orderBy: { name: 'asc' } });
  const sources = rows.flatMap((row): Source[] =>
    row.tufMirror === null
      ? []
      : [
          {
            name: row.name,
            kind: row.kind as TrustRoot['kind'],
            thresholds: row.thresholds as TrustRoot['thresholds'],
            ...(row.namespaces.length > 0 && { namespaces: row.namespaces }),
            mirror: row.tufMirror,
            state: row.tufRoot as unknown as TufState,
            row,
          },
        ],
  );
  if (rows.some(({ name }) => name === PUBLIC_GOOD_NAME)) return sources;
  const { mirror, rootText } = publicGoodTuf();
  const shipped: Source = {
    name: PUBLIC_GOOD_NAME,
    kind: 'public-good',
    mirror: publicGoodMirror ?? mirror,
    state: { files: { 'root.json': rootText } },
    row: null,
  };
  return [shipped, ...sources];
}

function isDue({ name, state, row }: Source, now: Date): boolean {
  if (!row?.checkedAt) return true;
  if (name === PUBLIC_GOOD_NAME && state.shippedSha256 !== shippedRootSha256()) return true;
  return now.getTime() - row.checkedAt.getTime() >= REFRESH_AFTER_MS;
}

async function refresh(
  source: Source,
  { now, outbound, signal }: { now: Date; outbound: Outbound; signal?: AbortSignal },
): Promise<RootRefresh> {
  const { name, mirror, state } = source;
  const answer = await fetchTrustedRoot({ mirror, files: state.files, outbound, now, ...(signal && { signal }) });
  if (!answer.ok) return noteFailure(source, { code: answer.code, message: answer.message }, answer.files, now);
  let root: TrustRoot;
  try {
    const { kind, thresholds, namespaces } = source;
    root = parseTrustRoot({
      name,
      kind,
      json: answer.text,
      ...(thresholds && { thresholds }),
      ...(namespaces && { namespaces }),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'The root cannot be read.';
    return noteFailure(source, { code: 'ROOT_UNUSABLE', message }, answer.files, now);
  }
  return takeOver(source, root, answer.files, now);
}

async function takeOver(source: Source, root: TrustRoot, files: TufFiles, now: Date): Promise<RootRefresh> {
  const sha256 = trustedRootSha256(root.trustedRoot);
  const before = source.row?.sha256 ?? shippedRootSha256();
  const isChanged = sha256 !== before;
  await db().$transaction(async (tx) => {
    await writeRow(tx, source, {
      ...(isChanged || source.row === null ? { trustedRoot: root.trustedRoot as Prisma.InputJsonObject, sha256 } : {}),
      ...(isChanged ? { fetchedAt: now } : {}),
      checkedAt: now,
      lastError: Prisma.DbNull,
      tufRoot: stateOf(source, files),
    });
    if (!isChanged) return;
    const event = { orgId: null, actor: SYSTEM, subject: { root: source.name }, data: { sha256, before }, now };
    await appendEvent(tx, { ...event, kind: 'trust-root.refreshed' });
  });
  return { name: source.name, outcome: isChanged ? 'changed' : 'unchanged', error: null };
}

const SYSTEM = { type: 'system', name: 'Hallmark' } as const;

/** One event for a row of failures of one kind: a mirror that is away for a month is one thing to know. */
async function noteFailure(
  source: Source,
  fault: Pick<RefreshError, 'code' | 'message'>,
  files: TufFiles,
  now: Date,
): Promise<RootRefresh> {
  const known = source.row?.lastError as RefreshError | null | undefined;
  const error: RefreshError = {
    ...fault,
    since: known?.since ?? now.toISOString(),
    lastOkAt: known ? known.lastOkAt : (source.row?.checkedAt?.toISOString() ?? null),
  };
  await db().$transaction(async (tx) => {
    await writeRow(tx, source, { checkedAt: now, lastError: { ...error }, tufRoot: stateOf(source, files) });
    if (known?.code === error.code) return;
    const event = { orgId: null, actor: SYSTEM, subject: { root: source.name }, data: { ...fault }, now };
    await appendEvent(tx, { ...event, kind: 'trust-root.refresh-failed' });
  });
  return { name: source.name, outcome: 'failed', error };
}

function stateOf(source: Source, files: TufFiles): Prisma.InputJsonObject {
  return { files, ...(source.name === PUBLIC_GOOD_NAME && { shippedSha256: shippedRootSha256() }) };
}

/** An admin may have taken the root away meanwhile: then there is nothing to write. */
async function writeRow(
  tx: Tx,
  { name, mirror, row }: Source,
  data: Prisma.TrustRootUpdateManyMutationInput & { tufRoot: Prisma.InputJsonObject },
): Promise<void> {
  if (row) {
    await tx.trustRoot.updateMany({ where: { name, tufMirror: mirror }, data });
    return;
  }
  const { trustedRoot, thresholds } = publicGoodRoot();
  const shipped = {
    name,
    kind: 'public-good',
    trustedRoot: trustedRoot as Prisma.InputJsonObject,
    sha256: shippedRootSha256(),
    thresholds,
    source: `TUF repository ${mirror}`,
    tufMirror: mirror,
  };
  await tx.trustRoot.createMany({
    data: [{ ...shipped, ...(data as Partial<Prisma.TrustRootCreateManyInput>) }],
    skipDuplicates: true,
  });
}
