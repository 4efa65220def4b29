import type { ManifestIssue, Package, Remote, Repository, ToolDefinition } from '#lib/manifest/types.ts';
import type { PackageCheckView } from '#lib/packages/types.ts';
import type { PublicNamespace } from '#lib/publishers/public-namespace.ts';
import type { EvidenceFact } from '#lib/signing/describe-evidence.ts';
import type { SignerFacts, VerificationResult } from '#lib/signing/types.ts';
import type { Finding, Grade, Permission, Risk } from '#scanners/types.ts';
import type { ServerMoves } from './server-moves.ts';
import type { SignerChange } from './signer-change.ts';

/** What pages and APIs show about servers. Plain data: no Prisma types, dates as ISO 8601 text. */

export type PublisherLevel = 'unverified' | 'verified' | 'official';
export type SignatureState = 'none' | 'invalid' | 'unknown_signer' | 'signed';
export type ProvenanceState = 'none' | 'matches' | 'mismatch';
export type VersionOrigin = 'published' | 'mirrored' | 'example';
export type VersionStatus = 'active' | 'deprecated' | 'deleted';
export type ScanStatus = 'queued' | 'running' | 'done' | 'failed';

export type CoveragePart = 'manifest' | 'tools' | 'package' | 'live';
/** What was asked about the packages; absent in scans from before it was. */
export type FactPart = 'registry' | 'vulnerabilities';
type Covered = { covered: boolean; reason?: string };
export type Coverage = Record<CoveragePart, Covered> & Partial<Record<FactPart, Covered>>;

/** The four signals of DESIGN §1, always in this order: publisher, signature, scan, risk. */
export type Marks = {
  publisher: {
    level: PublisherLevel;
    slug: string | null;
    displayName: string | null;
    /** How the namespace was proved, e.g. `dns`; null when nobody holds it. */
    proof: string | null;
  };
  signature: { state: SignatureState; provenance: ProvenanceState };
  scan: {
    status: ScanStatus | 'none';
    grade: Grade | null;
    scannedAt: string | null;
    coverage: Coverage | null;
    accusations: number;
  };
  risk: Risk | null;
};

/** A server in a list: its latest version. */
export type ServerCard = {
  name: string;
  title: string | null;
  description: string;
  version: string;
  status: VersionStatus;
  origin: VersionOrigin;
  category: string | null;
  marks: Marks;
  /** null when tool definitions were not seen. */
  toolCount: number | null;
  /** `npm`, `oci`, …, and `remote` where it has remotes. */
  runsAs: string[];
  publishedAt: string;
};

export type VersionRow = {
  version: string;
  status: VersionStatus;
  isLatest: boolean;
  publishedAt: string;
  marks: Marks;
};

/** A version in the list on its server's page. */
export type ServerVersionRow = VersionRow & {
  statusMessage: string | null;
  /** How its signer differs from the one of the version before. */
  signerChange: SignerChange | null;
};

/** A registry that this one mirrors. */
export type UpstreamView = {
  name: string;
  baseUrl: string;
  isEnabled: boolean;
  /** When the last crawl finished; null before the first. */
  syncedAt: string | null;
};

/** How current a trust root is: `at` is when its source last confirmed it, or when it was added. */
export type RootAge = { kind: 'shipped' | 'refreshed' | 'added'; at: string | null };

export type SignatureView = {
  bundleSha256: string;
  verifiedAt: string;
  result: VerificationResult;
  /** The signer in a sentence, e.g. `github.com/acme/weather, workflow release.yml, commit 3f2c1ab`. */
  signerText: string | null;
  signer: SignerFacts | null;
  /** True when the signer is one that the publisher bound to the namespace. */
  isBound: boolean;
  /** What each fact of it proves, for people; empty where it did not verify. */
  proves: EvidenceFact[];
  /** Of the trust root under which it verified; null where none did, or it is not trusted any more. */
  rootAge: RootAge | null;
};

export type ScanView = {
  id: string;
  status: ScanStatus;
  createdAt: string;
  finishedAt: string | null;
  error: { code: string; message: string } | null;
  rulesetVersion: string | null;
  definitionsOrigin: 'live' | 'declared' | null;
  coverage: Coverage | null;
  findings: Finding[];
  permissions: (Permission & { sentence: string })[];
  /** What the scan said; `activeGrade` is what counts, without what an admin withdrew. */
  grade: Grade | null;
  activeGrade: Grade | null;
  /** Fingerprints of findings that an admin withdrew. */
  withdrawn: string[];
  risk: Risk | null;
  toolsDigest: string | null;
  instructions: string | null;
  prompts: { name: string; description: string | null }[];
  resources: { uri: string; name: string; description: string | null }[];
};

export type ToolView = ToolDefinition & { digest: string };

export type InstallSnippet = {
  /** `claude-code`, `vscode`, `cursor`, … */
  client: string;
  label: string;
  kind: 'command' | 'json' | 'link';
  /** Text to copy, or the address of a link. */
  content: string;
  /** File that JSON belongs into, e.g. `.vscode/mcp.json`. */
  file: string | null;
  note: string | null;
};

/** One way to run a version: a package of its manifest, or a remote. */
export type InstallTarget = {
  /** `package-0`, `remote-1`: the place in the manifest. */
  id: string;
  kind: 'package' | 'remote';
  /** `npm @acme/weather 1.2.3`, `mcp.acme.com` */
  label: string;
  /** Whether the snippets start one exact release for ever. */
  isPinned: boolean;
  /** Why there are no snippets, or not the usual ones. */
  problem: string | null;
  /** What the user is asked for. */
  inputs: { name: string; description: string | null; isRequired: boolean; isSecret: boolean }[];
  snippets: InstallSnippet[];
};

export type ServerPage = {
  name: string;
  namespace: string;
  title: string | null;
  description: string;
  version: string;
  status: VersionStatus;
  statusMessage: string | null;
  /** When the status became what it is. */
  statusChangedAt: string;
  isLatest: boolean;
  /** Every version of the server is deleted. */
  isGone: boolean;
  /** Where the server went, and which names it had before. */
  moves: ServerMoves;
  origin: VersionOrigin;
  /** Where a mirrored entry came from. */
  source: string | null;
  /** The upstream of a mirrored entry, while this instance follows it. */
  upstream: UpstreamView | null;
  license: string | null;
  category: string | null;
  tags: string[];
  websiteUrl: string | null;
  repository: Repository | null;
  packages: Package[];
  remotes: Remote[];
  publishedAt: string;
  updatedAt: string;
  manifestText: string;
  manifestSha256: string;
  manifestJcsSha256: string;
  marks: Marks;
  /** One sentence that names the actor: "Published by acme from github.com/acme/weather, commit 3f2c1ab, on 12 November 2026." */
  origins: string;
  /** How the publisher holds the namespace; null where no publisher answers for this version. */
  namespaceProof: PublicNamespace | null;
  signatures: SignatureView[];
  signerChange: SignerChange | null;
  /** What the registries of its packages said, in the order of the manifest. */
  packageChecks: PackageCheckView[];
  scan: ScanView | null;
  /** null = not seen. */
  tools: ToolView[] | null;
  versions: ServerVersionRow[];
  /** Packages first, then remotes; see `installTargets`. */
  install: InstallTarget[];
};

export type SearchFilters = {
  grade?: Grade[];
  signature?: SignatureState[];
  publisher?: PublisherLevel[];
  risk?: Risk[];
  /** `npm`, `pypi`, `oci`, `mcpb`, `nuget`, `cargo`, `remote`. */
  runsAs?: string[];
  category?: string[];
};

export type SearchRequest = {
  text: string;
  filters: SearchFilters;
  /** Ids of the only servers that may be found, e.g. those that an organization allows. */
  within?: readonly string[] | undefined;
  limit: number;
  offset: number;
};

export type SearchPage = {
  servers: ServerCard[];
  total: number;
  /** Said to the person when the answer came another way than configured, e.g. the search server is away. */
  note: string | null;
};

/** Result of a publication, for the console and the command. */
export type PublishAnswer =
  | {
      ok: true;
      name: string;
      version: string;
      signatureState: SignatureState;
      signatureMessage: string | null;
      issues: ManifestIssue[];
    }
  | { ok: false; code: string; message: string; issues: ManifestIssue[] };
