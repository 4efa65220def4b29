import { ReadableStream } from 'node:stream/web';
import type { Response as UndiciResponse } from 'undici';
import { OutboundError } from './outbound-error.ts';

/** Statuses that come without a body (Fetch standard, "null body status"). */
const WITHOUT_BODY = [101, 103, 204, 205, 304];
const NEWLINES = [0x0a, 0x0d];

/**
 * An answer whose body fails with BODY_TOO_LARGE after `maxBytes`. Event streams are handed on in whole lines: readers of
 * such streams look at an unfinished line again with every piece that arrives, which a server could make quadratic.
 */
export function streamed(
  response: UndiciResponse,
  { host, maxBytes, fault }: { host: string; maxBytes: number; fault: (error: unknown) => unknown },
): Response {
  const headers = new Headers([...response.headers]);
  // What arrives here is decoded already.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const init = { status: response.status, headers };
  if (response.body === null || WITHOUT_BODY.includes(response.status)) return new Response(null, init);
  const isEvents = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  const pieces = limited(response.body, { host, maxBytes, fault });
  return new Response(ReadableStream.from(isEvents ? wholeLines(pieces) : pieces) as BodyInit, init);
}

async function* limited(
  body: AsyncIterable<Uint8Array>,
  { host, maxBytes, fault }: { host: string; maxBytes: number; fault: (error: unknown) => unknown },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxBytes) {
        throw new OutboundError('BODY_TOO_LARGE', `${host} sends more than the ${maxBytes} bytes that are read of it.`);
      }
      yield chunk;
    }
  } catch (error) {
    throw fault(error);
  }
}

async function* wholeLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let open: Uint8Array[] = [];
  for await (const piece of pieces) {
    const end = Math.max(...NEWLINES.map((newline) => piece.lastIndexOf(newline))) + 1;
    if (end > 0) {
      yield Buffer.concat([...open, piece.subarray(0, end)]);
      open = [];
    }
    if (end < piece.length) open.push(piece.subarray(end));
  }
  if (open.length > 0) yield Buffer.concat(open);
}
