import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { PUBLIC_GOOD_NAME, publicGoodRoot, type TrustRoot, type TrustThresholds } from '#lib/signing/index.ts';
import type { RefreshError } from './refresh-trust-roots.ts';
import { FILE_SOURCE, shippedRootSha256, type TrustRootRow, usablePublicGood } from './trust-roots.ts';

type Period = { from: string | null; until: string | null };

/** A trust root as its admin sees it. */
export type TrustRootView = {
  name: string;
  kind: TrustRoot['kind'];
  thresholds: TrustThresholds;
  /** Empty: for every namespace. */
  namespaces: string[];
  sha256: string;
  /** Where it came from, for reading. */
  source: string;
  tufMirror: string | null;
  /** When this content came, and when its source was last asked; null for what the program ships. */
  fetchedAt: string | null;
  checkedAt: string | null;
  /** Whole days since its source last confirmed it; null where nothing is known. */
  ageDays: number | null;
  lastError: RefreshError | null;
  /** `shipped`: the root in the program counts, because the stored one cannot be used or there is none. */
  inUse: 'stored' | 'shipped';
  canRemove: boolean;
  logs: ({ kind: 'transparency' | 'certificate'; origin: string; id: string } & Period)[];
  authorities: ({ kind: 'certificate' | 'timestamp'; name: string; uri: string | null } & Period)[];
};

const A_DAY = 24 * 60 * 60 * 1000;

/** Every trust root with its age and the state of its refresh, public-good first. For admins: throws FORBIDDEN. */
export async function listTrustRoots({
  viewer,
  now = new Date(),
}: {
  viewer: Viewer;
  now?: Date;
}): Promise<TrustRootView[]> {
  requireAdmin(viewer);
  const rows = await db().trustRoot.findMany({ orderBy: { name: 'asc' } });
  const publicGood = rows.find(({ name }) => name === PUBLIC_GOOD_NAME);
  const others = rows.filter(({ name }) => name !== PUBLIC_GOOD_NAME);
  return [publicGoodView(publicGood ?? null, now), ...others.map((row) => viewOf(row, now))];
}

function publicGoodView(row: TrustRootRow | null, now: Date): TrustRootView {
  const stored = row && usablePublicGood(row);
  if (row && stored) return viewOf(row, now);
  const { trustedRoot, thresholds } = publicGoodRoot();
  return {
    ...(row ? viewOf(row, now) : NOT_STORED),
    name: PUBLIC_GOOD_NAME,
    kind: 'public-good',
    thresholds,
    sha256: shippedRootSha256(),
    source: 'shipped with Hallmark',
    fetchedAt: null,
    ageDays: null,
    inUse: 'shipped',
    ...partsOf(trustedRoot),
  };
}

const NOT_STORED = {
  namespaces: [],
  tufMirror: null,
  checkedAt: null,
  lastError: null,
  canRemove: false,
} satisfies Partial<TrustRootView>;

/** When the source of a root last said that it is current, or when it was added; null where its source never answered. */
export function confirmedAtOf({
  checkedAt,
  fetchedAt,
  lastError,
}: Pick<TrustRootRow, 'checkedAt' | 'fetchedAt' | 'lastError'>): string | null {
  const failure = lastError as RefreshError | null;
  return failure ? failure.lastOkAt : (checkedAt ?? fetchedAt).toISOString();
}

function viewOf(row: TrustRootRow, now: Date): TrustRootView {
  const lastError = row.lastError as RefreshError | null;
  const confirmedAt = confirmedAtOf(row);
  return {
    name: row.name,
    kind: row.kind as TrustRoot['kind'],
    thresholds: row.thresholds as TrustThresholds,
    namespaces: row.namespaces,
    sha256: row.sha256,
    source: row.source,
    tufMirror: row.tufMirror,
    fetchedAt: row.fetchedAt.toISOString(),
    checkedAt: row.checkedAt?.toISOString() ?? null,
    ageDays: confirmedAt === null ? null : Math.max(0, Math.floor((now.getTime() - Date.parse(confirmedAt)) / A_DAY)),
    lastError,
    inUse: 'stored',
    canRemove: !row.source.startsWith(FILE_SOURCE),
    ...partsOf(row.trustedRoot),
  };
}

type Validity = { start?: string; end?: string } | undefined;
type LogJson = { baseUrl?: string; logId?: { keyId?: string }; publicKey?: { validFor?: Validity } };
type AuthorityJson = { subject?: { organization?: string; commonName?: string }; uri?: string; validFor?: Validity };

/** The root was parsed when it came, so its members are what they must be; those that may be absent are. */
function partsOf(trustedRoot: unknown): Pick<TrustRootView, 'logs' | 'authorities'> {
  const root = trustedRoot as Record<'tlogs' | 'ctlogs', LogJson[] | undefined> &
    Record<'certificateAuthorities' | 'timestampAuthorities', AuthorityJson[] | undefined>;
  const period = (validity: Validity): Period => ({ from: validity?.start ?? null, until: validity?.end ?? null });
  const log = (kind: 'transparency' | 'certificate') => (json: LogJson) => ({
    kind,
    origin: json.baseUrl ?? '',
    id: Buffer.from(json.logId?.keyId ?? '', 'base64').toString('hex'),
    ...period(json.publicKey?.validFor),
  });
  const authority = (kind: 'certificate' | 'timestamp') => (json: AuthorityJson) => ({
    kind,
    name: [json.subject?.organization, json.subject?.commonName].filter(Boolean).join(', ') || 'without a name',
    uri: json.uri ?? null,
    ...period(json.validFor),
  });
  return {
    logs: [...(root.tlogs ?? []).map(log('transparency')), ...(root.ctlogs ?? []).map(log('certificate'))],
    authorities: [
      ...(root.certificateAuthorities ?? []).map(authority('certificate')),
      ...(root.timestampAuthorities ?? []).map(authority('timestamp')),
    ],
  };
}
