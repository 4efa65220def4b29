import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { log, withLogContext } from '#lib/config/log.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { handleMachineRequest } from './handle-machine-request.ts';
import { methodNotAllowed } from './respond.ts';

type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Paths that handleMachineRequest may answer; everything else goes straight to the pages, with its body untouched. */
const MACHINE =
  /^\/(?:v0(?:\.1)?(?:[/?]|$)|api\/v1\/|healthz(?:\?|$)|openapi\.yaml(?:\?|$)|readyz(?:\?|$)|(?:[^?]*\/)?feed\.xml(?:\?|$)|\.well-known\/mcp-trust-configuration(?:\?|$)|orgs\/[^/]+\/(?:feed\/|exports\/|registry(?:[/?]|$)))/;

/** Methods that `new Request` throws at (Fetch §2.2.1). Nothing here answers them, pages neither. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** One request listener for everything: machine surfaces first, then pages. Every answer carries `x-request-id`. */
export function createRequestListener(pages: PageHandler): RequestListener {
  return (request, response) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    const started = performance.now();
    response.setHeader('x-request-id', requestId);
    response.once('close', () =>
      log.debug(
        {
          requestId,
          method: request.method,
          path: request.url?.split('?')[0],
          status: response.statusCode,
          ms: Math.round(performance.now() - started),
        },
        'request',
      ),
    );
    withLogContext({ requestId }, () => answer(request, response, pages)).catch((error) => {
      log.error({ requestId, err: error }, 'a request failed');
      if (!response.headersSent)
        response.writeHead(500, { 'content-type': 'text/plain' }).end('Something failed on our side.');
      else response.destroy();
    });
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: PageHandler): Promise<void> {
  const method = request.method ?? '';
  if (FORBIDDEN_METHODS.has(method)) return send(methodNotAllowed(method, 'GET, HEAD, POST, OPTIONS'), response, false);
  if (!MACHINE.test(request.url ?? '')) return answerPage(request, response, pages);
  const webRequest = toWebRequest(request);
  const webResponse = webRequest ? await handleMachineRequest(webRequest) : badAddress();
  if (webResponse) await send(webResponse, response, request.method === 'HEAD');
  else await answerPage(request, response, pages);
}

async function answerPage(request: IncomingMessage, response: ServerResponse, pages: PageHandler): Promise<void> {
  if (!isDecodable(request.url ?? '')) return send(badAddress(), response, request.method === 'HEAD');
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy({ nonce, isDevelopment: process.env.NODE_ENV === 'development' });
  // Next reads the nonce out of the request's header and puts it on its own scripts.
  request.headers['content-security-policy'] = policy;
  response.setHeader('content-security-policy', policy);
  await pages(request, response);
}

const badAddress = () =>
  new Response('This address has a broken percent-encoding.', {
    status: 400,
    headers: { 'content-type': 'text/plain' },
  });

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0]!);
    return true;
  } catch {
    return false;
  }
}

/** Null for an address that is not one. The path is kept as it came: `//x` must not turn into a host. */
function toWebRequest(request: IncomingMessage): Request | null {
  const address = `http://localhost${request.url}`;
  if (!URL.canParse(address)) return null;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !name.startsWith(':'))
      headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  return new Request(address, {
    method: request.method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' } : {}),
  } as RequestInit);
}

async function send(from: Response, to: ServerResponse, isHead: boolean): Promise<void> {
  to.statusCode = from.status;
  for (const [name, value] of from.headers) to.setHeader(name, value);
  to.setHeader('x-content-type-options', 'nosniff');
  if (!from.body || isHead) {
    to.end();
    return;
  }
  if (from.headers.get('content-type')?.startsWith('text/event-stream')) {
    // A reader that leaves is how a stream ends.
    await pipeline(Readable.fromWeb(from.body as never), to).catch((error: unknown) => {
      if (!to.destroyed) throw error;
    });
    return;
  }
  const body = Buffer.from(await from.arrayBuffer());
  to.setHeader('content-length', body.length);
  to.end(body);
}
