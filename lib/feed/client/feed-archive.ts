import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { FeedError } from '../feed-error.ts';
import type { Fetch } from './http-get.ts';
import { FEED_LIMITS, FEED_MAX_ROOT_ROTATIONS } from './limits.ts';

/** Most that an archive may hold: both bodies twice, the chain of roots, and the small documents. */
const MAX_BYTES = 2 * (FEED_LIMITS.allowlist + FEED_LIMITS.revocations) + 8 * 1024 * 1024;
const MAX_ENTRIES = FEED_MAX_ROOT_ROTATIONS + 32;

/** The paths of a feed below its base URL. */
const DOCUMENT =
  /^(?:head|recovery|bodies\/[0-9a-f]{64}\.json|tuf\/metadata\/[0-9a-z.]+\.json|tuf\/targets\/[0-9a-z.]+\.json)$/;

/**
 * The documents of `hallmark feed export`, by their path below the feed's base URL. Nothing is unpacked to disk and
 * nothing is believed yet. Throws FEED_UNREACHABLE when the file cannot be read, FEED_MALFORMED or FEED_TOO_LARGE.
 */
export async function readFeedArchive(file: string): Promise<Map<string, Buffer>> {
  const documents = new Map<string, Buffer>();
  let size = 0;
  let fault: FeedError | null = null;
  const refuse = (error: FeedError) => {
    fault ??= error;
    stream.destroy();
  };
  const take = (entry: ReadEntry) => {
    size += entry.size;
    if (entry.type !== 'File' || !DOCUMENT.test(entry.path) || documents.has(entry.path)) {
      refuse(
        new FeedError('FEED_MALFORMED', `${file} holds ${JSON.stringify(entry.path.slice(0, 200))}: no feed archive.`),
      );
      return entry.resume();
    }
    if (size > MAX_BYTES || documents.size >= MAX_ENTRIES) {
      refuse(new FeedError('FEED_TOO_LARGE', `${file} is larger than a feed archive may be.`));
      return entry.resume();
    }
    const chunks: Buffer[] = [];
    documents.set(entry.path, Buffer.alloc(0));
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => documents.set(entry.path, Buffer.concat(chunks)));
  };
  const parser = new Parser({ strict: true, onReadEntry: take });
  const stream = createReadStream(file);
  const parsed = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve);
    parser.on('error', (cause: Error) => {
      fault ??= new FeedError('FEED_MALFORMED', `${file} is no tar archive.`, { cause });
      reject(cause);
    });
  });
  parsed.catch(() => stream.destroy());
  stream.pipe(parser as unknown as NodeJS.WritableStream);
  try {
    await finished(stream, { writable: false });
    await parsed;
  } catch (cause) {
    throw fault ?? new FeedError('FEED_UNREACHABLE', `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  if (fault) throw fault;
  if (!documents.has('head')) throw new FeedError('FEED_MALFORMED', `${file} holds no signed head: no feed archive.`);
  return documents;
}

/** Answers for an archive as the feed's server would, so that it goes through the very same checks. */
export function archiveFetch({ documents, baseUrl }: { documents: Map<string, Buffer>; baseUrl: string }): Fetch {
  const base = `${baseUrl.replace(/\/+$/, '')}/`;
  return async (input) => {
    const url = String(input);
    const bytes = url.startsWith(base) ? documents.get(url.slice(base.length)) : undefined;
    return bytes ? new Response(new Uint8Array(bytes)) : new Response(null, { status: 404 });
  };
}
