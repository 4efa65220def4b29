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
