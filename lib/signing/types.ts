/** Thresholds for Sigstore verification: transparency log entries, certificate timestamps, signed timestamps. */
export type TrustThresholds = { tlog: number; ctlog: number; timestamp: number };

export type TrustRoot = {
  /** Unique, e.g. `public-good`, `github`, `acme-internal`. */
  name: string;
  kind: 'public-good' | 'github' | 'custom';
  /** A Sigstore `trusted_root.json` as parsed JSON. */
  trustedRoot: unknown;
  thresholds: TrustThresholds;
  /** When set, the root counts only for manifests of these namespaces (`com.example`). */
  namespaces?: string[];
};

/** What the certificate of a verified bundle says about its signer. Absent extensions are null. */
export type SignerFacts = {
  issuer: string;
  /** Subject alternative name: workflow URI, e-mail, or other URI. */
  san: string;
  /** https URL of the source repository (Fulcio 1.3.6.1.4.1.57264.1.12). */
  repository: string | null;
  repositoryId: string | null;
  ownerId: string | null;
  /** Workflow URI (…57264.1.9, build signer). */
  workflow: string | null;
  commit: string | null;
  ref: string | null;
  runUri: string | null;
};

/** A signer that a publisher bound to its namespace. Compared structurally, never as a regular expression. */
export type SignerIdentity =
  | {
      kind: 'github' | 'gitlab';
      issuer: string;
      /** Numeric id of the repository owner, as text. */
      ownerId: string;
      /** Numeric repository id, as text. Absent: any repository of the owner. */
      repositoryId?: string;
      /** `owner/repository`, shown to people; compared too when present. */
      repository?: string;
      /** Path of the workflow inside the repository, e.g. `.github/workflows/release.yml`. */
      workflow?: string;
      /** `refs/tags/*`-style glob in which `*` stands for anything but `/` and `**` for anything. */
      refPattern?: string;
    }
  | { kind: 'email' | 'uri'; issuer: string; san: string };

/** What a verified bundle proves about itself, whatever it is about. */
export type BundleEvidence = {
  /** Name of the trust root under which it holds. */
  root: string;
  /** Proven signing time, ISO 8601, or null when the bundle proves none. */
  signedAt: string | null;
  /** Who says so: the transparency log, or a timestamp authority (RFC 3161). */
  timeSource: 'log' | 'timestamp-authority' | null;
  logIndex: string | null;
  /** Lower-case hex. */
  logId: string | null;
  /** Base URL of that log, as the trust root has it. */
  logOrigin: string | null;
  bundleMediaType: string;
};

export type SignatureForm = 'message' | 'dsse';
/** Which digest of the manifest the signature covers. */
export type SubjectForm = 'raw' | 'jcs';

export type SigningErrorCode =
  | 'BUNDLE_TOO_LARGE'
  | 'BUNDLE_MALFORMED'
  | 'BUNDLE_UNSUPPORTED'
  | 'ROOT_MALFORMED'
  | 'NO_TRUSTED_ROOT'
  | 'SIGNATURE_INVALID'
  | 'CERTIFICATE_INVALID'
  | 'TLOG_INVALID'
  | 'TIMESTAMP_INVALID'
  | 'STATEMENT_MALFORMED'
  | 'SUBJECT_MISMATCH'
  | 'KEY_NOT_SUPPORTED'
  | 'IDENTITY_MISMATCH';

export type VerificationResult =
  | ({
      ok: true;
      form: SignatureForm;
      subject: SubjectForm;
      signer: SignerFacts;
      predicateType: string | null;
      bundleSha256: string;
      verifierVersion: string;
    } & BundleEvidence)
  | { ok: false; code: SigningErrorCode; message: string; bundleSha256: string | null; verifierVersion: string };

/** The signature signal of one version (DESIGN §1). */
export type SignatureState = 'none' | 'invalid' | 'unknown-signer' | 'signed';

/** Whether the repository that signed is the repository that the manifest names. */
export type Provenance = 'none' | 'matches' | 'mismatch';
