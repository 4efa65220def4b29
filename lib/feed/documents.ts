/** The documents of an organization's signed feed (DESIGN §5.7). Every gateway reads these; change them only by adding. */

export const FEED_HEAD_PAYLOAD_TYPE = 'application/vnd.hallmark.feed-head.v1+json';

export type FeedHead = {
  v: 1;
  org: string;
  /** Compared before `serial`; only the recovery key may raise it. Starts at 1. */
  epoch: number;
  /** Grows by one with every publication. */
  serial: number;
  issuedAt: string;
  expires: string;
  refreshSeconds: number;
  body: { sha256: string; length: number };
  revocations: { sha256: string; length: number };
  tufRootVersion: number;
  /** For archives that are carried to closed networks: a longer lease, never accepted over the network. */
  offline?: true;
  /** The newest event of the organization's audit log before this publication: whoever keeps heads can check the log. */
  audit?: { seq: number; hash: string };
  /** The three below only in a head that a recovery key signed. Ids of all keys whose signatures count for nothing any more. */
  revokedKeys?: string[];
  /** All feed keys from now on, instead of those of the trust file. */
  feedKeys?: TrustKey[];
  /** All recovery keys from now on, where they changed. */
  recoveryKeys?: TrustKey[];
};

/** A public key as trust files name it. */
export type TrustKey = {
  /** Lower-case hex SHA-256 of the key's SPKI DER. */
  keyid: string;
  algorithm: 'ed25519' | 'ecdsa-p256';
  pem: string;
  notAfter?: string;
};

export type ToolDecision = 'allow' | 'deny';
export type FeedTool = {
  name: string;
  digest: string;
  /** It says that it changes nothing, and its scan does not contradict. */
  readOnly?: true;
  /** A person has to agree to each call. */
  ask?: true;
};

/** A variable or a header: its fixed value, or none where a person gives it. */
export type FeedInput = { name: string; value?: string; isSecret?: true; description?: string };

/** What a client's own file says of a version beyond what gateways compare, as it was when it was approved. */
export type FeedFacts = {
  title?: string;
  description?: string;
  websiteUrl?: string;
  repositoryUrl?: string;
  /** Tools that the version has, allowed or not. */
  toolCount?: number;
  /** One for each package, null where no client can be told how to start it. `needs`: arguments that a person gives. */
  packages: ({ environment?: FeedInput[]; needs?: string[] } | null)[];
  /** One for each remote. */
  remotes: ({ transport: 'http' | 'sse'; headers?: FeedInput[] } | null)[];
};

export type FeedServerVersion = {
  version: string;
  manifestSha256: string;
  manifestJcsSha256: string;
  toolsDigest: string | null;
  /** Exactly the tools that may be listed and called, with the digest they had when approved. A tool that is not here is refused. */
  tools: { default: 'deny'; allow: FeedTool[] };
  packages: {
    registryType: string;
    identifier: string;
    version: string | null;
    purl: string | null;
    /** e.g. npm `dist.integrity` (sha512-…), OCI digest, or mcpb sha256; null when not known. */
    digest: string | null;
    /** Exact command that starts this version, without secrets: `["npx", "-y", "pkg@1.2.3", …]`. */
    command: string[] | null;
  }[];
  remotes: string[];
  signer: { issuer: string; san: string } | null;
  /** Environments that may use it; absent: every one. */
  environments?: string[];
  credentialMode?: 'shared' | 'personal';
  /** A gateway refuses it from then on, whether or not a newer list came. */
  expiresAt?: string;
  /** What the reviewer asks of those who use it. */
  conditions?: string;
  /** Digests of what was seen beside tools (DESIGN §5.2); one that is absent was not seen. */
  digests?: { prompts?: string; resources?: string; resourceTemplates?: string; instructions?: string };
  /** For exports; gateways do not look at it. Absent where it would be too long. */
  facts?: FeedFacts;
};

/** Part of the list for one team or one group of agents: never more than the list itself. */
export type Narrowing = {
  name: string;
  /** Only tools that are `readOnly`. */
  readOnly: boolean;
  /**
   * `tools` are exact names; without it, all that the organization allows. `ask`: those of them for each call of which a
   * person has to agree here, beside those that the organization asks about.
   */
  servers: { name: string; readOnly?: boolean; tools?: string[]; ask?: string[] }[];
};

export type AllowlistDocument = {
  v: 1;
  org: string;
  epoch: number;
  serial: number;
  generatedAt: string;
  mode: 'allowlist' | 'lockdown';
  default: 'deny';
  onStale: 'keep' | 'block_new' | 'deny';
  graceSeconds: number;
  /** Sorted by name, versions in the order of approval. */
  servers: { name: string; versions: FeedServerVersion[] }[];
  teams?: Narrowing[];
  /** Groups of agents. */
  groups?: Narrowing[];
};

export type RevocationsDocument = {
  v: 1;
  org: string;
  epoch: number;
  serial: number;
  generatedAt: string;
  /** A revocation without `version` covers the whole server. Wins over the allowlist. */
  revocations: { name: string; version?: string; reason: string; at: string }[];
};

/** What an admin downloads once and puts into a gateway's configuration. Never served as trust by the feed itself. */
export type FeedTrust = {
  v: 1;
  org: string;
  /** `https://host/orgs/acme/feed/k/<key>`: head, bodies and tuf are below it. */
  baseUrl: string;
  feedKeys: TrustKey[];
  threshold: number;
  /** Keys kept offline whose signature alone is enough, and without which no head may raise the epoch. */
  recoveryKeys?: TrustKey[];
  /** 1.root.json (or a later one) as an object. */
  tufRoot: unknown;
};

/** DSSE v1 envelope (secure-systems-lab/dsse). */
export type DsseEnvelope = {
  payloadType: string;
  payload: string;
  signatures: { keyid: string; sig: string }[];
};
