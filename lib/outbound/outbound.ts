import { isIP } from 'node:net';
import { Agent, buildConnector, type Dispatcher, type Response, fetch as undiciFetch } from 'undici';
import { config } from '#lib/config/config.ts';
import { mayConnect, NO_PRIVATE_NETWORKS, type PrivateNetworks } from './address-guard.ts';
import { OutboundError } from './outbound-error.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { streamed } from './streamed.ts';

export type OutboundRequest = {
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Bytes of the decoded answer; 1 MiB unless told. More is BODY_TOO_LARGE. */
  maxBytes?: number;
  /** For the whole exchange with its redirects; 10 s unless told. */
  timeoutMs?: number;
  /** Redirects to follow; 3 unless told. Each target is checked like the first address. */
  maxRedirects?: number;
  /** Redirects that leave the origin: followed unless told, without `authorization`. */
  isSameOriginOnly?: boolean;
  /** Origins (scheme, host, port) that the admin configured: http and private addresses are allowed there, and only there. */
  trustedOrigins?: readonly string[];
  /** Takes the answer piece by piece instead of keeping it; `body` is then empty. Only for answers with status 200. */
  onChunk?: (chunk: Uint8Array) => void;
  signal?: AbortSignal;
};

export type OutboundResponse = { status: number; headers: Headers; url: string; body: Buffer };

/** A request whose answer is read while it arrives. */
export type OutboundStream = Pick<
  OutboundRequest,
  'headers' | 'body' | 'maxBytes' | 'timeoutMs' | 'signal' | 'trustedOrigins'
> & {
  method?: 'GET' | 'POST' | 'DELETE';
};

/** The one way out of the process for addresses that somebody else chose. */
export type Outbound = {
  fetch(url: string | URL, request?: OutboundRequest): Promise<OutboundResponse>;
  /**
   * The same way out for protocols that answer piece by piece. Follows no redirect: the answer says where it leads, and
   * whoever goes there asks here again. `timeoutMs` ends the body too; a body over `maxBytes` fails with BODY_TOO_LARGE.
   */
  open(url: string | URL, request?: OutboundStream): Promise<globalThis.Response>;
  /** TXT records of a name, the strings of each joined; empty when there are none. Throws OutboundError. */
  txt(name: string): Promise<string[]>;
};

const DEFAULTS = { maxBytes: 1024 * 1024, timeoutMs: 10_000, maxRedirects: 3 };
const USER_AGENT = 'hallmark-registry';

/**
 * An outbound client. Only https to public addresses: the address is checked after the name was resolved, and the
 * connection goes to the very address that was checked, so that a name cannot answer differently the second time (DNS
 * rebinding). `privateNetworks` and `trustedOrigins` are the admin's exceptions.
 */
export function createOutbound({
  resolver = createResolver(),
  privateNetworks = NO_PRIVATE_NETWORKS,
  ca,
  port = (given) => given,
}: {
  resolver?: Resolver;
  privateNetworks?: PrivateNetworks;
  /** PEM of a further certificate authority. */
  ca?: string;
  /** Where to really connect for a port: lets tests serve port 443 without being root. */
  port?: (given: number) => number;
} = {}): Outbound {
  const agents = new Map<string, Agent>();
  const agentFor = (isTrusted: boolean): Dispatcher => {
    const key = String(isTrusted);
    const agent =
      agents.get(key) ?? new Agent({ connect: connector({ resolver, privateNetworks, ca, port, isTrusted }) });
    agents.set(key, agent);
    return agent;
  };

  return {
    txt: (name) => resolver.txt(name),
    open: async (address, request = {}) => {
      const settings = { ...DEFAULTS, ...request };
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
      const url = checkUrl(String(address), settings);
      const isTrusted = settings.trustedOrigins?.includes(url.origin) ?? false;
      const fault = (error: unknown) => faultOf(error, url, settings.timeoutMs, timeout.aborted);
      try {
        requireAddress(url, privateNetworks, isTrusted);
        const response = await undiciFetch(url, {
          method: settings.method ?? 'GET',
          headers: headersFor(settings, false),
          body: settings.body ?? null,
          redirect: 'manual',
          dispatcher: agentFor(isTrusted),
          signal,
        });
        return streamed(response, { host: url.host, maxBytes: settings.maxBytes, fault });
      } catch (error) {
        throw fault(error);
      }
    },
    fetch: async (address, request = {}) => {
      const settings = { ...DEFAULTS, ...request };
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
      let url = checkUrl(String(address), settings);
      let hasLeft = false;
      try {
        for (let redirects = 0; ; redirects++) {
          const isTrusted = settings.trustedOrigins?.includes(url.origin) ?? false;
          requireAddress(url, privateNetworks, isTrusted);
          const response = await undiciFetch(url, {
            method: settings.method ?? 'GET',
            headers: headersFor(settings, hasLeft),
            body: settings.body ?? null,
            redirect: 'manual',
            dispatcher: agentFor(isTrusted),
            signal,
          });
          const location = isRedirect(response.status) ? response.headers.get('location') : null;
          if (location === null) return await read(response, url, settings);
          await response.body?.cancel();
          const next = nextUrl(url, location, settings, redirects);
          hasLeft ||= next.origin !== url.origin;
          url = next;
        }
      } catch (error) {
        throw faultOf(error, url, settings.timeoutMs, timeout.aborted);
      }
    },
  };
}

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

function checkUrl(text: string, { trustedOrigins }: Pick<OutboundRequest, 'trustedOrigins'>): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw new OutboundError('URL_REFUSED', `"${text.slice(0, 200)}" is not an address.`);
  if (url.username || url.password) {
    throw new OutboundError('URL_REFUSED', `The address of ${url.host} carries credentials, which is not allowed.`);
  }
  const isTrusted = trustedOrigins?.includes(url.origin) ?? false;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isTrusted)) {
    throw new OutboundError('URL_REFUSED', `${url.protocol}//${url.host} is refused: only https is asked.`);
  }
  return url;
}

/** An address literal is never looked up, so the lookup cannot refuse it. */
function requireAddress(url: URL, privateNetworks: PrivateNetworks, isTrusted: boolean): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isTrusted || !isIP(host) || mayConnect(host, host, privateNetworks)) return;
  throw new OutboundError('ADDRESS_REFUSED', `${host} is not a public address, so it is not asked.`);
}

/** Credentials stay with the origin that they were given for; once it was left they do not come back, whoever redirects there. */
function headersFor(settings: Pick<OutboundRequest, 'headers'>, hasLeft: boolean): Record<string, string> {
  const own = Object.entries({ 'user-agent': USER_AGENT, ...settings.headers });
  return Object.fromEntries(own.filter(([name]) => !hasLeft || !/^(authorization|cookie)$/i.test(name)));
}

function nextUrl(
  from: URL,
  location: string,
  settings: OutboundRequest & { maxRedirects: number },
  redirects: number,
): URL {
  const refuse = (why: string) => new OutboundError('REDIRECT_REFUSED', `${from.host} redirects ${why}.`);
  if (settings.method === 'POST') throw refuse('a request that changes something, which is not followed');
  if (!URL.canParse(location, from)) throw refuse('to something that is not an address');
  const target = new URL(location, from);
  if (settings.maxRedirects === 0) throw refuse(`to ${target.origin}, which is not followed here`);
  if (redirects >= settings.maxRedirects) throw refuse(`more than ${settings.maxRedirects} times`);
  if (settings.isSameOriginOnly && target.origin !== from.origin) throw refuse(`to another host, ${target.host}`);
  try {
    return checkUrl(target.href, settings);
  } catch (error) {
    throw refuse(`to an address that is refused: ${(error as Error).message}`);
  }
}

async function read(
  response: Response,
  url: URL,
  { maxBytes, onChunk }: OutboundRequest & { maxBytes: number },
): Promise<OutboundResponse> {
  const chunks: Uint8Array[] = [];
  const isTaken = onChunk !== undefined && response.status === 200;
  const sink = isTaken ? onChunk : (chunk: Uint8Array) => void chunks.push(chunk);
  // What was meant to pass by must not be kept instead, e.g. an error page of half a gigabyte.
  const limit = onChunk && !isTaken ? Math.min(maxBytes, DEFAULTS.maxBytes) : maxBytes;
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) {
      throw new OutboundError('BODY_TOO_LARGE', `${url.host} sends more than the ${limit} bytes that are read of it.`);
    }
    sink(chunk);
  }
  const headers = new Headers([...response.headers]);
  return { status: response.status, headers, url: url.href, body: Buffer.concat(chunks) };
}

type ConnectorOptions = {
  resolver: Resolver;
  privateNetworks: PrivateNetworks;
  ca: string | undefined;
  port: (given: number) => number;
  isTrusted: boolean;
};

/** Options of undici's connector whose lookup lets allowed addresses through only. */
function connector({ resolver, privateNetworks, ca, port, isTrusted }: ConnectorOptions): Agent.Options['connect'] {
  const connect = buildConnector({
    timeout: 5000,
    ...(ca ? { ca } : {}),
    lookup: (host, options, done) => {
      resolver
        .addresses(host)
        .then((found) => {
          const allowed = isTrusted ? found : found.filter(({ address }) => mayConnect(address, host, privateNetworks));
          // One private address among several is reason enough: round robin would reach it some day.
          if (allowed.length === 0 || allowed.length < found.length) {
            const private_ = found.find((entry) => !allowed.includes(entry));
            throw new OutboundError(
              'ADDRESS_REFUSED',
              `${host} resolves to ${private_?.address ?? 'nothing'}, which is not a public address, so it is not asked.`,
            );
          }
          if (options.all) done(null, allowed);
          else done(null, allowed[0]!.address, allowed[0]!.family);
        })
        .catch((error) => done(error, []));
    },
  });
  return (options, callback) => connect({ ...options, port: String(port(Number(options.port || 443))) }, callback);
}

function faultOf(error: unknown, url: URL, timeoutMs: number, isTimeout: boolean): unknown {
  const chain: unknown[] = [];
  for (let at: unknown = error; at && chain.length < 5; at = (at as Error).cause) chain.push(at);
  const own = chain.find((item) => item instanceof OutboundError);
  if (own) return own;
  if (isTimeout) {
    return new OutboundError('TIMED_OUT', `${url.host} did not answer within ${timeoutMs / 1000} seconds.`, {
      cause: error,
    });
  }
  const code = chain.map((item) => (item as NodeJS.ErrnoException).code).find((value) => typeof value === 'string');
  if (code && /CERT|TLS|SSL|SELF_SIGNED|ALTNAME|VERIFY|ISSUER/.test(code)) {
    return new OutboundError('TLS_FAILED', `The certificate of ${url.host} is not accepted (${code}).`, {
      cause: error,
    });
  }
  return new OutboundError('UNREACHABLE', `${url.host} cannot be reached (${code ?? 'connection failed'}).`, {
    cause: error,
  });
}

let current: { of: ReturnType<typeof config>; outbound: Outbound } | undefined;

/** The client of this process, as HALLMARK_DNS_SERVERS and HALLMARK_PRIVATE_NETWORKS say. */
export function outbound(): Outbound {
  const settings = config();
  if (current?.of !== settings) {
    const resolver = createResolver(settings.HALLMARK_DNS_SERVERS);
    current = {
      of: settings,
      outbound: createOutbound({ resolver, privateNetworks: settings.HALLMARK_PRIVATE_NETWORKS }),
    };
  }
  return current.outbound;
}
