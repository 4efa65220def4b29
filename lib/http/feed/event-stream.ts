import { db } from '#lib/db/db.ts';
import { hearsFeedChanges, watchFeedChanges } from '#lib/feed/store/feed-changes.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { problem } from '#lib/http/respond.ts';
import type { GatewayToken } from './gateway-access.ts';
import type { OpenFeed } from './open-feeds.ts';

export const STREAM_LIMITS = {
  /** Open streams in one process. */
  total: 5000,
  perOrg: 1000,
  heartbeatMs: 15_000,
  /** How often serials are asked for while the database's messages are not heard, and tokens always. */
  checkMs: 1000,
  tokenCheckMs: 5000,
  retryAfterSeconds: 60,
} as const;

type Stream = {
  orgId: string;
  tokenId: string | null;
  pathKey: string | null;
  expiresAt: number;
  /** What was said last. */
  said: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
};
type Hub = { streams: Set<Stream>; database: unknown; stop: () => void };

const shared = globalThis as typeof globalThis & { hallmarkFeedStreams?: Hub };
const encoder = new TextEncoder();

/**
 * A stream of hints (`data: {"epoch":1,"serial":42}`): the current serial at once, then each new one as it is
 * committed, by whichever process. Unsigned on purpose: it says only that there is something to pull. Ends when the
 * token is revoked or expires. Throws BUSY when as many are open as are answered.
 */
export function eventStream({ feed, token }: { feed: OpenFeed; token: GatewayToken | null }): Response {
  const { streams } = hub();
  let ofOrg = 0;
  for (const { orgId } of streams) if (orgId === feed.orgId) ofOrg += 1;
  if (streams.size >= STREAM_LIMITS.total || ofOrg >= STREAM_LIMITS.perOrg) return busy();
  let stream: Stream;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      stream = {
        orgId: feed.orgId,
        tokenId: token?.id ?? null,
        pathKey: token ? null : feed.pathKey,
        expiresAt: token?.expiresAt ?? Number.POSITIVE_INFINITY,
        said: '',
        controller,
      };
      streams.add(stream);
      say(stream, feed);
    },
    cancel: () => void streams.delete(stream),
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}

/** Ends all streams of this process, e.g. before it stops: gateways come back to another one. */
export function endEventStreams(): void {
  const open = shared.hallmarkFeedStreams;
  shared.hallmarkFeedStreams = undefined;
  open?.stop();
  for (const stream of open?.streams ?? []) close(open!.streams, stream);
}

/** Streams that are open in this process. */
export const openStreams = (): number => shared.hallmarkFeedStreams?.streams.size ?? 0;

function busy(): Response {
  const { status, message, code } = new DomainError(
    'BUSY',
    'As many event streams are open as this process answers. Poll the head, and try again later.',
  );
  const response = problem(status, message, { code });
  response.headers.set('retry-after', String(STREAM_LIMITS.retryAfterSeconds));
  return response;
}

function hub(): Hub {
  const database = db();
  if (shared.hallmarkFeedStreams?.database === database) return shared.hallmarkFeedStreams;
  endEventStreams();
  const streams = new Set<Stream>();
  const unwatch = watchFeedChanges({
    onChange: (change) => {
      for (const stream of streams) if (stream.orgId === change.orgId) say(stream, change);
    },
    onMissed: () => void askSerials(streams),
  });
  const timers = [
    setInterval(() => beat(streams), STREAM_LIMITS.heartbeatMs),
    setInterval(() => void (hearsFeedChanges() ? null : askSerials(streams)), STREAM_LIMITS.checkMs),
    setInterval(() => void checkTokens(streams), STREAM_LIMITS.tokenCheckMs),
  ];
  for (const timer of timers) timer.unref();
  const stop = () => {
    unwatch();
    for (const timer of timers) clearInterval(timer);
  };
  shared.hallmarkFeedStreams = { streams, database, stop };
  return shared.hallmarkFeedStreams;
}

/** A new lease of the same list is no news. */
function say(stream: Stream, { epoch, serial }: { epoch: number; serial: number }): void {
  const text = JSON.stringify({ epoch, serial });
  if (stream.said === text) return;
  stream.said = text;
  send(stream, `data: ${text}\n\n`);
}

function beat(streams: Set<Stream>): void {
  for (const stream of streams) {
    // A reader that takes nothing holds memory for nothing.
    if ((stream.controller.desiredSize ?? 0) < -16) close(streams, stream);
    else send(stream, ': still here\n\n');
  }
}

function send(stream: Stream, text: string): void {
  try {
    stream.controller.enqueue(encoder.encode(text));
  } catch {
    shared.hallmarkFeedStreams?.streams.delete(stream);
  }
}

function close(streams: Set<Stream>, stream: Stream): void {
  streams.delete(stream);
  try {
    stream.controller.close();
  } catch {
    // It is closed.
  }
}

async function askSerials(streams: Set<Stream>): Promise<void> {
  if (streams.size === 0) return;
  try {
    const rows = await db().feed.findMany({
      where: { orgId: { in: [...new Set([...streams].map(({ orgId }) => orgId))] } },
      select: { orgId: true, epoch: true, serial: true },
    });
    const byOrg = new Map(rows.map((row) => [row.orgId, row]));
    for (const stream of streams) {
      const row = byOrg.get(stream.orgId);
      if (row) say(stream, row);
    }
  } catch {
    // The database is away; the next second asks again.
  }
}

/** Ends streams whose token was revoked or ran out, or whose path key is another one now. */
async function checkTokens(streams: Set<Stream>): Promise<void> {
  if (streams.size === 0) return;
  const ids = new Set([...streams].flatMap(({ tokenId }) => tokenId ?? []));
  const orgIds = new Set([...streams].filter(({ pathKey }) => pathKey !== null).map(({ orgId }) => orgId));
  try {
    const [tokens, feeds] = await Promise.all([
      db().accessToken.findMany({ where: { id: { in: [...ids] }, revokedAt: null }, select: { id: true } }),
      db().feed.findMany({ where: { orgId: { in: [...orgIds] } }, select: { pathKey: true } }),
    ]);
    const [valid, keys] = [new Set(tokens.map(({ id }) => id)), new Set(feeds.map(({ pathKey }) => pathKey))];
    const now = Date.now();
    for (const stream of streams) {
      const holds = stream.tokenId ? valid.has(stream.tokenId) : keys.has(stream.pathKey!);
      if (!holds || stream.expiresAt <= now) close(streams, stream);
    }
  } catch {
    // The database is away; the next check asks again.
  }
}
