import { db } from '#lib/db/db.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import type { DefinitionDigests, Definitions, Manifest } from '#lib/manifest/types.ts';
import { getPackageChecks } from '#lib/packages/get-package-checks.ts';
import { withdrawnFingerprints } from '#lib/scans/answers/standing.ts';
import { describePermission } from '#scanners/permissions/describe.ts';
import type { Finding, Grade, Permission, Risk } from '#scanners/types.ts';
import { installTargets } from './install-snippets.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from './marks.ts';
import { getMoves } from './server-moves.ts';
import { proofOf, upstreamOf } from './server-trust.ts';
import { signatureViews } from './signature-view.ts';
import type { SignerChange } from './signer-change.ts';
import type { Coverage, Marks, ScanView, ServerPage, ServerVersionRow, SignatureView, ToolView } from './views.ts';

const SHOWN_VERSIONS = 200;

const PAGE_SELECT = {
  ...MARKS_SELECT,
  statusMessage: true,
  statusChangedAt: true,
  signerChange: true,
  source: true,
  license: true,
  updatedAt: true,
  manifest: true,
  manifestBytes: true,
  manifestSha256: true,
  manifestJcsSha256: true,
  server: { select: { namespace: true, category: true, tags: true } },
  currentScan: true,
  scans: { select: { id: true, status: true, createdAt: true, error: true }, orderBy: { createdAt: 'desc' }, take: 1 },
  signatures: { orderBy: { verifiedAt: 'desc' } },
} as const;

/** Everything on a server's page: the version asked for, else the latest; null when there is none to show. */
export async function getServerPage({ name, version }: { name: string; version?: string }): Promise<ServerPage | null> {
  const row = await db().version.findFirst({
    where: { serverName: name, ...(version === undefined || version === 'latest' ? { isLatest: true } : { version }) },
    select: PAGE_SELECT,
  });
  if (!row) return null;
  const [holders, siblings, moves, namespaceProof, upstream, packageChecks, signatures, withdrawn] = await Promise.all([
    namespaceHolders([row.server.namespace]),
    db().version.findMany({
      where: { serverName: name },
      orderBy: { publishedAt: 'desc' },
      take: SHOWN_VERSIONS,
      select: { ...MARKS_SELECT, statusMessage: true, signerChange: true },
    }),
    getMoves(name),
    proofOf(row.server.namespace, row.origin),
    row.origin === 'mirrored' ? upstreamOf(row.source) : null,
    getPackageChecks(row.id),
    signatureViews(row.signatures),
    withdrawnFingerprints(db(), row.serverId),
  ]);
  const manifest = row.manifest as unknown as Manifest;
  const definitions = row.currentScan?.definitions as Definitions | null | undefined;
  const marks = marksOf(row, holders);
  return {
    name,
    namespace: namespaceOf(name),
    title: manifest.title ?? null,
    description: manifest.description,
    version: row.version,
    status: row.status,
    statusMessage: row.statusMessage,
    statusChangedAt: row.statusChangedAt.toISOString(),
    isLatest: row.isLatest,
    // `pickLatest` takes a deleted version only where there is no other.
    isGone: row.isLatest && row.status === 'deleted',
    moves,
    origin: row.origin,
    source: row.source,
    upstream,
    license: row.license ?? licenseOf(row.currentScan?.packageFacts),
    category: row.server.category,
    tags: row.server.tags,
    websiteUrl: manifest.websiteUrl ?? null,
    repository: manifest.repository ?? null,
    packages: manifest.packages ?? [],
    remotes: manifest.remotes ?? [],
    publishedAt: row.publishedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    manifestText: Buffer.from(row.manifestBytes).toString('utf8'),
    manifestSha256: row.manifestSha256,
    manifestJcsSha256: row.manifestJcsSha256,
    marks,
    origins: originSentence({
      origin: row.origin,
      source: row.source,
      publishedAt: row.publishedAt,
      marks,
      signatures,
    }),
    namespaceProof,
    signatures,
    signerChange: row.signerChange as SignerChange | null,
    packageChecks,
    scan: scanView(row.currentScan, row.scans[0] ?? null, definitions ?? null, withdrawn),
    tools: toolViews(definitions ?? null, row.currentScan?.digests as DefinitionDigests | null),
    versions: siblings.map(
      (sibling): ServerVersionRow => ({
        version: sibling.version,
        status: sibling.status,
        statusMessage: sibling.statusMessage,
        signerChange: sibling.signerChange as SignerChange | null,
        isLatest: sibling.isLatest,
        publishedAt: sibling.publishedAt.toISOString(),
        marks: marksOf(sibling, holders),
      }),
    ),
    install: installTargets(manifest),
  };
}

const licenseOf = (facts: unknown) =>
  (facts as { metadata?: { license?: string | null } } | null)?.metadata?.license ?? null;

type ScanRow = NonNullable<Awaited<ReturnType<typeof findScan>>>;
const findScan = (id: string) => db().scan.findUnique({ where: { id } });

/** The finished scan that counts, or what is known of one that has not finished yet. */
function scanView(
  current: ScanRow | null,
  newest: { id: string; status: ScanView['status']; createdAt: Date; error: unknown } | null,
  definitions: Definitions | null,
  withdrawn: ReadonlySet<string>,
): ScanView | null {
  if (!current && !newest) return null;
  const permissions = (current?.permissions ?? []) as unknown as Permission[];
  const findings = (current?.findings ?? []) as unknown as Finding[];
  return {
    id: current?.id ?? newest!.id,
    status: newest?.status ?? 'done',
    createdAt: (current ?? newest!).createdAt.toISOString(),
    finishedAt: current?.finishedAt?.toISOString() ?? null,
    error: (newest?.error ?? null) as ScanView['error'],
    rulesetVersion: current?.rulesetVersion ?? null,
    definitionsOrigin: current?.definitionsOrigin ?? null,
    coverage: (current?.coverage ?? null) as Coverage | null,
    findings,
    permissions: permissions.map((permission) => ({ ...permission, sentence: describePermission(permission) })),
    grade: (current?.grade ?? null) as Grade | null,
    activeGrade: (current?.activeGrade ?? current?.grade ?? null) as Grade | null,
    withdrawn: findings.map(({ fingerprint }) => fingerprint).filter((fingerprint) => withdrawn.has(fingerprint)),
    risk: (current?.risk ?? null) as Risk | null,
    toolsDigest: current?.toolsDigest ?? null,
    instructions: definitions?.instructions ?? null,
    prompts: (definitions?.prompts ?? []).map(({ name, description }) => ({ name, description: description ?? null })),
    resources: (definitions?.resources ?? []).map(({ uri, name, description }) => ({
      uri,
      name,
      description: description ?? null,
    })),
  };
}

function toolViews(definitions: Definitions | null, digests: DefinitionDigests | null): ToolView[] | null {
  return definitions?.tools?.map((tool) => ({ ...tool, digest: digests?.tools[tool.name] ?? '' })) ?? null;
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Who brought this version here, and when. Names the actor, and claims nothing that was not checked. */
function originSentence({
  origin,
  source,
  publishedAt,
  marks,
  signatures,
}: {
  origin: ServerPage['origin'];
  source: string | null;
  publishedAt: Date;
  marks: Marks;
  signatures: SignatureView[];
}): string {
  const on = `on ${day.format(publishedAt)}`;
  if (origin === 'mirrored')
    return `Mirrored${source ? ` from ${source}` : ''} ${on}. No publisher has claimed it here.`;
  const signed = marks.signature.state === 'signed' ? signatures.find(({ isBound }) => isBound)?.signerText : null;
  const by = marks.publisher.displayName ?? (origin === 'example' ? 'the example catalog' : 'an unverified publisher');
  return `Published by ${by}${signed ? ` from ${signed}` : ''} ${on}.`;
}
