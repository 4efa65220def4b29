import { canonicalJson, sha256Hex } from '#lib/manifest/index.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import type { Occasion } from './schema.ts';

/** Difference to what is approved. */
export type ComparisonFacts = {
  version: string;
  newTools: string[];
  changedTools: string[];
  removedTools: string[];
  permissionsIncreased: boolean;
  newPermissions: string[];
  signerChanged: boolean;
  worst: string;
};

/** What a policy sees of a version. What is absent is not known; `VERSION_FACTS` of schema.ts says what each one means. */
export type VersionFacts = {
  name: string;
  namespace: string;
  version: string;
  status: string;
  origin: string;
  isLatest: boolean;
  ageHours: number;
  ageDays: number;
  license?: string;
  category?: string;
  tags: string[];
  repository?: string;
  publisherLevel: string;
  publisher?: string;
  signature: string;
  signerIssuer?: string;
  signerIdentity?: string;
  signerRepository?: string;
  signerChanged: boolean;
  provenance: string;
  scanned: boolean;
  scanAgeDays?: number;
  coverage: string[];
  definitionsFrom?: string;
  grade?: string;
  gradeRank?: number;
  risk?: string;
  accusations?: number;
  openAccusations?: number;
  findings?: { critical: number; high: number; medium: number; low: number; info: number };
  rules?: string[];
  vulnerability?: string;
  malware?: boolean;
  permissions?: string[];
  tools?: string[];
  toolCount?: number;
  readOnlyTools?: boolean;
  writingTools?: string[];
  destructiveTools?: string[];
  runsLocally: boolean;
  hasRemotes: boolean;
  transports: string[];
  registries: string[];
  hosts?: string[];
  needsSecrets: boolean;
  packagesPinned: boolean;
  ownership?: string;
  hasApproved: boolean;
  approved?: ComparisonFacts;
  environments?: string[];
};

/** Who asks: the person whose request waits, else the organization itself. */
export type PrincipalFacts =
  | { type: 'Organization'; id: string }
  | { type: 'Person'; id: string; role: string; organization: string; teams: string[] };

/** All that a decision rests on. Recorded with it, so that it can be made again. */
export type PolicyFacts = {
  v: 1;
  principal: PrincipalFacts;
  context: { occasion: Occasion; requested: boolean; team?: string };
  resource: VersionFacts;
};

/** Hex sha256 over the RFC 8785 form. */
export const factsSha256 = (facts: PolicyFacts): string => sha256Hex(canonicalJson(facts as unknown as JsonValue));
