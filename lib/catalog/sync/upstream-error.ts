import { DomainError } from '#lib/http/domain-error.ts';
import { OutboundError } from '#lib/outbound/index.ts';

export type UpstreamErrorCode =
  /** 429. */
  | 'RATE_LIMITED'
  /** 408 or 5xx. */
  | 'UPSTREAM_ERROR'
  /** Any other status than 200. */
  | 'UPSTREAM_REFUSED'
  /** A cursor that the upstream made itself and does not take any more. */
  | 'CURSOR_REFUSED'
  | 'BAD_PAGE'
  /** Cursors that repeat, or pages without end. */
  | 'ENDLESS_CRAWL';

/** An upstream that answered with something else than its next page. */
export class UpstreamError extends Error {
  readonly code: UpstreamErrorCode;
  readonly status: number | null;
  /** What the upstream asks to wait. */
  readonly retryAfterMs: number | null;

  constructor(
    code: UpstreamErrorCode,
    message: string,
    { status = null, retryAfterMs = null }: { status?: number | null; retryAfterMs?: number | null } = {},
  ) {
    super(message);
    this.name = 'UpstreamError';
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export type Fault = {
  code: string;
  message: string;
  /** Whether the same request may succeed in a while. */
  isTransient: boolean;
  /** Whether the crawl has to begin anew, because it cannot go on at its cursor. */
  losesCursor: boolean;
  retryAfterMs: number | null;
};

const TRANSIENT: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'UPSTREAM_ERROR',
  'NAME_NOT_FOUND',
  'UNREACHABLE',
  'TLS_FAILED',
  'TIMED_OUT',
]);
const LOSES_CURSOR: ReadonlySet<string> = new Set(['CURSOR_REFUSED', 'ENDLESS_CRAWL']);

/** What went wrong in words for people; null for what is no fault of the upstream or of the way to it. */
export function faultOf(error: unknown): Fault | null {
  const isKnown = error instanceof UpstreamError || error instanceof OutboundError || error instanceof DomainError;
  if (!isKnown) return null;
  const { code, message } = error;
  return {
    code,
    message,
    isTransient: TRANSIENT.has(code),
    losesCursor: LOSES_CURSOR.has(code),
    retryAfterMs: error instanceof UpstreamError ? error.retryAfterMs : null,
  };
}
