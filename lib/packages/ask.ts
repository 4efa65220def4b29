import { isJsonObject } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { type Outbound, OutboundError, type OutboundRequest, type OutboundResponse } from '#lib/outbound/index.ts';
import { CheckFault } from './check-fault.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { shown } from './shown.ts';

export type AskOptions = Pick<OutboundRequest, 'maxBytes' | 'timeoutMs' | 'maxRedirects' | 'onChunk' | 'headers'> & {
  accept?: string;
};

/** Requests about one package, within its time. All of them throw CheckFault where no usable answer comes. */
export type Ask = {
  /** The answer if its status is 200, or one that says that there is no such thing, or `also`. */
  get(url: string, options?: AskOptions & { also?: readonly number[] }): Promise<OutboundResponse>;
  /** The JSON object at an address; null where there is none. */
  json(url: string, options?: AskOptions): Promise<JsonObject | null>;
  signal: AbortSignal;
};

/** The server does not have it, does not give it, or does not know the path. */
const NOT_THERE = [400, 404, 405, 410, 451, 501];

export function createAsk({
  outbound,
  trustedOrigins,
  userAgent,
  label,
  timeMs = PACKAGE_LIMITS.packageMs,
  signal,
}: {
  outbound: Outbound;
  trustedOrigins: readonly string[];
  userAgent: string;
  label: string;
  /** For all requests together. */
  timeMs?: number;
  /** Ends every request; the package's own time is added. */
  signal?: AbortSignal;
}): Ask {
  const time = AbortSignal.timeout(timeMs);
  const whole = signal ? AbortSignal.any([signal, time]) : time;

  const get: Ask['get'] = async (url, { accept = 'application/json', headers = {}, also = [], ...options } = {}) => {
    let response: OutboundResponse;
    try {
      response = await outbound.fetch(url, {
        maxBytes: PACKAGE_LIMITS.documentBytes,
        timeoutMs: PACKAGE_LIMITS.requestMs,
        ...options,
        headers: { accept, 'user-agent': userAgent, ...headers },
        trustedOrigins,
        signal: whole,
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (time.aborted) {
        const seconds = timeMs / 1000;
        throw new CheckFault('REGISTRY_UNREACHABLE', `Asking for ${label} took longer than ${seconds} seconds.`);
      }
      throw faultOf(error);
    }
    const { status } = response;
    if (status === 200 || NOT_THERE.includes(status) || also.includes(status)) return response;
    const retry = status === 429 ? ' It asks us to come less often; we try again later.' : '';
    throw new CheckFault('REGISTRY_FAILED', `${hostOf(url)} answers with status ${status}.${retry}`, { status });
  };

  return {
    get,
    json: async (url, options) => {
      const response = await get(url, options);
      return response.status === 200 ? parseObject(response) : null;
    },
    signal: whole,
  };
}

/** The body as a JSON object. Throws CheckFault ANSWER_UNREADABLE. */
export function parseObject({ body, headers, url }: OutboundResponse): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Told below.
  }
  const type = shown(headers.get('content-type') ?? 'no content type', 80);
  throw new CheckFault(
    'ANSWER_UNREADABLE',
    `${hostOf(url)} answers with something else than the JSON that its API promises (${type}). A proxy or a sign-in page may stand in between.`,
  );
}

export const hostOf = (url: string) => new URL(url).host;

function faultOf(error: unknown): unknown {
  if (!(error instanceof OutboundError)) return error;
  switch (error.code) {
    case 'ADDRESS_REFUSED':
      return new CheckFault(
        'ADDRESS_REFUSED',
        `${error.message} An admin can list it in HALLMARK_PRIVATE_NETWORKS if this is right.`,
      );
    case 'URL_REFUSED':
    case 'REDIRECT_REFUSED':
      return new CheckFault('ADDRESS_REFUSED', error.message);
    case 'BODY_TOO_LARGE':
      return new CheckFault('ANSWER_TOO_LARGE', `${error.message} Publish a version whose metadata is smaller.`);
    default:
      return new CheckFault('REGISTRY_UNREACHABLE', `${error.message} We try again later.`);
  }
}
