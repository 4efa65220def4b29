import type { RegistryPermission } from '#lib/auth/permissions.ts';

export type ProofKind = 'github' | 'dns' | 'http';

/** Every way a proof ends. Callers branch on the code; docs are generated from it. */
export const PROOF_CODES = {
  PROVEN: 'The proof holds.',
  DOMAIN_INVALID: 'The domain is no public host name, e.g. an IP address, a single label, or with a port or a path.',
  TIMESTAMP_INVALID: 'The timestamp is not in RFC 3339 form.',
  TIMESTAMP_OUTSIDE_WINDOW: 'The timestamp is more than 15 seconds from now.',
  SIGNATURE_MALFORMED: 'The signature is not hex, or not as long as the key type asks.',
  SIGNATURE_MISMATCH: 'No key that the domain shows made the signature.',
  CHALLENGE_UNKNOWN: 'This registry never made the challenge for this domain.',
  CHALLENGE_EXPIRED: 'The challenge has expired.',
  RECORD_MISSING: 'The domain shows no record of the kind.',
  RECORD_MISPLACED: 'The record is at another name than the one that counts.',
  RECORD_MISMATCH: 'The domain shows records, none of which is the one that was asked for.',
  KEY_MALFORMED: 'The public key in the record cannot be used.',
  NAME_SERVERS_FAILED: 'The name servers of the domain did not answer.',
  HOST_UNREACHABLE: 'The web server of the domain did not answer, or not in time.',
  CERTIFICATE_REFUSED: 'The certificate of the web server is not accepted.',
  ADDRESS_REFUSED: 'The domain resolves to an address that is not public.',
  REDIRECT_REFUSED: 'The web server redirects; the proof has to be at the domain itself.',
  STATUS_UNEXPECTED: 'The web server answered with another status than 200.',
  ANSWER_TOO_LARGE: 'The web server answered with more than a proof can have.',
  GITHUB_TOKEN_REFUSED: 'GitHub does not accept the token.',
  GITHUB_UNAVAILABLE: 'GitHub did not answer in a way that decides anything, e.g. a rate limit.',
  GITHUB_NOT_OWNER: 'The account is neither the owner of the name nor an owner of that organization.',
  GITHUB_NOT_LINKED: 'No GitHub account and no token to ask with.',
  GITHUB_ACCOUNT_CHANGED: 'The GitHub name belongs to nobody, or to another account than when it was proven.',
  NAMESPACE_CASE: 'The namespace is spelled in another case than its owner spells it.',
  TOKEN_MALFORMED: 'The token is not a signed JWT of the kind that is asked for.',
  TOKEN_ALGORITHM: 'The token is signed with an algorithm that is not accepted, or not at all.',
  TOKEN_SIGNATURE: 'The token was not signed by its issuer.',
  TOKEN_ISSUER: 'The token comes from another issuer.',
  TOKEN_AUDIENCE: 'The token was made for somebody else than this registry.',
  TOKEN_EXPIRED: 'The token has expired, or is not valid yet.',
  ISSUER_UNAVAILABLE: 'The keys of the issuer could not be read.',
  NOT_AN_ADMIN: 'The e-mail address is not verified, or not that of an admin of this instance.',
} as const;

export type ProofCode = keyof typeof PROOF_CODES;

/** What was seen, one thing a row. `value` comes from elsewhere: it is bounded and shows invisible characters as codes. */
export type Seen = { what: string; value: string };

/** One look at a proof, for people: what came of it and exactly what was seen. */
export type ProofCheck = { at: string; ok: boolean; code: ProofCode; message: string; seen: Seen[] };

/** A GitHub account by its name now and by the number that stays when names change hands. */
export type GitHubOwner = { login: string; id: string };

/** What a later check needs to look again. Stored in `Namespace.proof`. */
export type Proof =
  /** The key, as `ed25519:<base64>`, that the official `v=MCPv1` record of the domain shows. */
  | { kind: 'dns' | 'http'; form: 'official'; domain: string; key: string }
  /** The line that `startClaim` asked the domain to show. */
  | { kind: 'dns' | 'http'; form: 'bound'; domain: string; expected: string }
  | {
      kind: 'github';
      /** How the account showed itself: an access token, a workflow's identity, or the account of a signed-in person. */
      via: 'token' | 'oidc' | 'account';
      login: string;
      ownerId: string;
      /** In a registry token only: the organizations that the account owns. */
      owners?: GitHubOwner[];
    };

export type AuthMethod = 'github-at' | 'github-oidc' | 'dns' | 'http' | 'none' | 'oidc';

/** What a login showed, and what it may do for it: the content of a registry token. */
export type ProvenAuthority = {
  method: AuthMethod;
  subject: string;
  permissions: RegistryPermission[];
  proof: Proof | null;
};

/** One thing to do, with what to copy. */
export type Instruction = { title: string; text: string; copy: string | null };

/** A namespace that a publisher is about to prove. */
export type ClaimView = {
  id: string;
  namespace: string;
  method: ProofKind;
  /** Null for GitHub namespaces. */
  domain: string | null;
  nonce: string;
  expiresAt: string;
  instructions: Instruction[];
  lastCheck: ProofCheck | null;
};
