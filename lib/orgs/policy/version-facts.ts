import type { levelFor } from '#lib/catalog/marks.ts';
import { isExactPackageVersion, parseOciReference } from '#lib/manifest/index.ts';
import type { Manifest, Package } from '#lib/manifest/types.ts';
import { SEVERITIES } from '#scanners/order.ts';
import { KNOWN_VULNERABILITY, MALWARE } from '#scanners/supply-chain/rules.ts';
import type { FactRow } from './fact-rows.ts';
import type { ComparisonFacts, VersionFacts } from './facts.ts';

/** Longer lists and texts are left out, which means unknown: a shortened one would say something that is not so. */
const MAX_SET = 1_000;
const MAX_TEXT = 512;
const HOUR_MS = 3_600_000;
const GRADE_RANK: Readonly<Record<string, number>> = { A: 5, B: 4, C: 3, D: 2, F: 1 };
/** From the weakest answer to the strongest. */
const OWNERSHIP = ['failed', 'absent', 'proven'] as const;

/** What stands around a version when its facts are made. */
export type Surroundings = {
  holder: { slug: string; level: ReturnType<typeof levelFor> } | null;
  /** Fingerprints of findings that an admin withdrew. */
  withdrawn: ReadonlySet<string>;
  /** Fingerprints of findings that the organization accepted. */
  accepted: ReadonlySet<string>;
  hasApproved: boolean;
  approved: ComparisonFacts | null;
  environments: string[] | null;
};

/** The facts of a version. Pure; what is not known is left out, never guessed. */
export function versionFacts(row: FactRow, around: Surroundings, now: Date): VersionFacts {
  const ageHours = Math.max(0, Math.floor((now.getTime() - row.publishedAt.getTime()) / HOUR_MS));
  return {
    ...present({
      name: row.serverName,
      namespace: row.namespace,
      version: row.version,
      status: row.status,
      origin: row.origin,
      isLatest: row.isLatest,
      ageHours,
      ageDays: Math.floor(ageHours / 24),
      license: text(row.license),
      category: text(row.category),
      tags: unique(row.tags),
      repository: text(row.manifest.repository?.url),
      publisherLevel: around.holder?.level ?? 'unverified',
      publisher: around.holder?.slug,
      ...signatureFacts(row),
      ...scanFacts(row, around, now),
      ...toolFacts(row),
      ...manifestFacts(row),
      hasApproved: around.hasApproved,
      approved: around.approved ?? undefined,
      environments: around.environments && around.environments.length > 0 ? unique(around.environments) : undefined,
    }),
  } as VersionFacts;
}

function signatureFacts({ signatureState, provenanceState, hasSignerChange, signer }: FactRow): Partial<VersionFacts> {
  const isSigned = signatureState === 'signed' && signer?.ok === true;
  return {
    signature: signatureState,
    ...(isSigned
      ? {
          signerIssuer: text(signer.signer.issuer),
          signerIdentity: text(signer.signer.san),
          signerRepository: text(signer.signer.repository),
        }
      : {}),
    signerChanged: hasSignerChange,
    provenance: provenanceState,
  };
}

function scanFacts({ scan, findings, permissions }: FactRow, around: Surroundings, now: Date): Partial<VersionFacts> {
  if (scan === null) return { scanned: false, coverage: [] };
  const standing = findings.filter(([, , , fingerprint]) => !around.withdrawn.has(fingerprint));
  const accusations = standing.filter(([kind, severity]) => kind === 'accusation' && severity !== 'info');
  const counted = standing.filter(([kind]) => kind !== 'capability');
  const count = (wanted: string) => counted.filter(([, severity]) => severity === wanted).length;
  const covered = Object.entries(scan.coverage ?? {}).flatMap(([part, { covered }]) => (covered ? [part] : []));
  const grade = scan.activeGrade ?? scan.grade ?? undefined;
  const malware = standing.some(([, , ruleId]) => ruleId === MALWARE.id);
  const wasLookedUp = covered.includes('vulnerabilities');
  const age = scan.finishedAt === null ? null : now.getTime() - Date.parse(scan.finishedAt);
  return {
    scanned: true,
    scanAgeDays: age === null ? undefined : Math.max(0, Math.floor(age / HOUR_MS / 24)),
    coverage: covered.sort(),
    definitionsFrom: scan.origin ?? undefined,
    grade,
    gradeRank: grade === undefined ? undefined : GRADE_RANK[grade],
    risk: scan.risk ?? undefined,
    accusations: accusations.length,
    openAccusations: accusations.filter(([, , , fingerprint]) => !around.accepted.has(fingerprint)).length,
    findings: {
      critical: count('critical'),
      high: count('high'),
      medium: count('medium'),
      low: count('low'),
      info: count('info'),
    },
    rules: set(standing.map(([, , ruleId]) => ruleId)),
    vulnerability: worstVulnerability(standing) ?? (wasLookedUp ? 'none' : undefined),
    malware: malware || (wasLookedUp ? false : undefined),
    permissions: set(permissions),
  };
}

function worstVulnerability(findings: FactRow['findings']): string | null {
  const ranks = findings.flatMap(([, severity, ruleId]) =>
    ruleId === KNOWN_VULNERABILITY.id || ruleId === MALWARE.id ? [SEVERITIES.indexOf(severity as never)] : [],
  );
  return ranks.length === 0 ? null : (SEVERITIES[Math.max(1, ...ranks)] as string);
}

function toolFacts({ tools }: FactRow): Partial<VersionFacts> {
  if (tools === null) return {};
  const names = (wanted: FactRow['tools'] & object) => set(wanted.map(({ name }) => name));
  return {
    tools: names(tools),
    toolCount: tools.length,
    readOnlyTools: tools.length > 0 && tools.every(({ readOnly }) => readOnly),
    writingTools: names(tools.filter(({ readOnly }) => !readOnly)),
    destructiveTools: names(tools.filter(({ destructive }) => destructive)),
  };
}

function manifestFacts(row: FactRow): Partial<VersionFacts> {
  const { manifest, checks } = row;
  const packages = manifest.packages ?? [];
  const remotes = manifest.remotes ?? [];
  const known = ['stdio', 'streamable-http', 'sse'];
  const transports = [...packages.map(({ transport }) => transport.type), ...remotes.map(({ type }) => type)];
  return {
    runsLocally: packages.length > 0,
    hasRemotes: remotes.length > 0,
    transports: unique(transports.filter((type) => known.includes(type))),
    registries: unique(packages.map(({ registryType }) => registryType)),
    hosts: hostsOf(remotes),
    needsSecrets: needsSecrets(manifest),
    packagesPinned: packages.every((pkg, index) => isPinned(pkg, index, row)),
    ownership: ownershipOf(packages.length, checks),
  };
}

/** Undefined where one of them is not a plain host: then nobody knows where it may lead. */
function hostsOf(remotes: NonNullable<Manifest['remotes']>): string[] | undefined {
  if (remotes.length === 0) return undefined;
  const hosts = remotes.map(({ url }) =>
    /[{}]/.test(url.split(/[?#]/)[0]!.slice(0, hostEnd(url))) ? null : URL.parse(url)?.hostname,
  );
  return hosts.every((host) => typeof host === 'string' && host !== '') ? set(hosts as string[]) : undefined;
}

/** Where the path of an address begins. */
function hostEnd(url: string): number {
  const from = url.indexOf('//');
  const end = from < 0 ? -1 : url.indexOf('/', from + 2);
  return end < 0 ? url.length : end;
}

function needsSecrets(manifest: Manifest): boolean {
  let isFound = false;
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || isFound) return;
    if ((value as { isSecret?: unknown }).isSecret === true) isFound = true;
    else for (const child of Object.values(value)) look(child);
  };
  look(manifest.packages);
  look(manifest.remotes);
  return isFound;
}

function isPinned(pkg: Package, index: number, { scan, checks }: FactRow): boolean {
  const isProven = checks.some(
    ({ packageIndex, kind, state }) =>
      packageIndex === index && (kind === 'digest' || kind === 'integrity') && state === 'proven',
  );
  const fetched = scan?.fetched;
  const isScanned =
    typeof fetched?.integrity === 'string' &&
    fetched.registryType === pkg.registryType &&
    fetched.identifier === pkg.identifier &&
    fetched.version === pkg.version;
  const ociDigest = pkg.registryType === 'oci' ? parseOciReference(pkg.identifier)?.digest : undefined;
  if (ociDigest) return true;
  if (pkg.registryType === 'mcpb') return pkg.fileSha256 !== undefined;
  const isExact = pkg.version !== undefined && isExactPackageVersion(pkg.registryType, pkg.version);
  return isExact && (pkg.fileSha256 !== undefined || isScanned || isProven);
}

/** The weakest answer of all packages; undefined without packages, or where one of them was not answered. */
function ownershipOf(packages: number, checks: FactRow['checks']): string | undefined {
  const answers = checks.filter(({ kind }) => kind === 'ownership');
  const weakest = OWNERSHIP.find((state) => answers.some((answer) => answer.state === state));
  if (weakest !== 'proven') return weakest;
  const answered = new Set(answers.filter(({ state }) => state === 'proven').map(({ packageIndex }) => packageIndex));
  return answered.size === packages ? weakest : undefined;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
const set = (values: readonly string[]): string[] | undefined => {
  const all = unique(values);
  return all.length <= MAX_SET && all.every((value) => value.length <= MAX_TEXT) ? all : undefined;
};
const text = (value: string | null | undefined): string | undefined =>
  value !== null && value !== undefined && value !== '' && value.length <= MAX_TEXT ? value : undefined;
const present = (facts: Partial<VersionFacts>): Partial<VersionFacts> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
