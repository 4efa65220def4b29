/** Stable codes that callers branch on; the message beside them is for people. One list, so that docs can be made from it. */
export const ERROR_CODES = {
  BAD_REQUEST: 400,
  MANIFEST_INVALID: 400,
  VERSION_EXISTS: 400,
  SIGNATURE_REFUSED: 400,
  NO_TOOLS_SEEN: 409,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NAMESPACE_FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  NAME_TAKEN: 409,
  TOO_LARGE: 413,
  UNPROCESSABLE: 422,
  KEYS_UNAVAILABLE: 503,
  /** A namespace proof that does not hold; `details.check` is what was seen. */
  PROOF_FAILED: 401,
  /** A signature or a token that was exchanged before. */
  PROOF_REPLAYED: 401,
  /** A token that was made for somebody else than this registry. */
  TOKEN_AUDIENCE: 401,
  /** Spelled like a held namespace except for case. */
  NAMESPACE_CASE: 409,
  /** Looks like a held namespace to a person. */
  NAMESPACE_LOOKALIKE: 409,
  NAMESPACE_BLOCKED: 403,
  /** The server goes on under another name. */
  SERVER_MOVED: 409,
  REMOTE_TAKEN: 400,
  /** The package's registry says that it does not belong to this server. */
  PACKAGE_NOT_OWNED: 400,
  PACKAGE_NOT_FOUND: 400,
  PACKAGE_HASH_MISMATCH: 400,
  /** An archive that unpacks to far more than it is. */
  PACKAGE_BOMB: 400,
  /** No change: the status is what was asked for. */
  STATUS_UNCHANGED: 400,
  /** An address that resolves to a private network, or a redirect to one. */
  ADDRESS_REFUSED: 400,
  OFFER_EXPIRED: 409,
  UPSTREAM_FAILED: 502,
  /** A Cedar text that does not parse or does not fit the schema; `details.issues` says where. */
  POLICY_INVALID: 422,
  /** The organization denies it, and denials win over approvals. */
  DENIED: 409,
  /** Decided, withdrawn or superseded before. */
  REQUEST_CLOSED: 409,
  /** The last owner cannot leave or become something else. */
  LAST_OWNER: 409,
  /** Everything is locked down. */
  LOCKDOWN: 409,
  INVITE_INVALID: 404,
  /** A gateway applies a serial that this database never published: it was restored from an older backup. */
  SERIAL_AHEAD: 409,
  /** More of these at once than are answered. */
  BUSY: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Something the caller did, or asked for, that cannot be. `message` says what is wrong, where, and what to do. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  /** Further facts for the answer, e.g. `issues` of a manifest. */
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
    this.status = ERROR_CODES[code];
    this.details = details;
  }
}
