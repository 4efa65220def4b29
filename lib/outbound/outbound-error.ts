/** Why a request out of this process gave no answer. Stable: callers branch on the code, people read the message. */
export type OutboundErrorCode =
  /** Not an address that may be asked: scheme, credentials, or no host. */
  | 'URL_REFUSED'
  /** The host is, or resolves to, an address that is not public. */
  | 'ADDRESS_REFUSED'
  | 'REDIRECT_REFUSED'
  | 'NAME_NOT_FOUND'
  | 'UNREACHABLE'
  | 'TLS_FAILED'
  | 'TIMED_OUT'
  | 'BODY_TOO_LARGE';

/** A request that was refused by us or failed on the way. An answer with a bad status is an answer, not this. */
export class OutboundError extends Error {
  readonly code: OutboundErrorCode;

  constructor(code: OutboundErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OutboundError';
    this.code = code;
  }
}
