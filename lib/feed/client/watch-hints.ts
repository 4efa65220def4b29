import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import type { FeedTrust } from '../documents.ts';
import type { Fetch } from './http-get.ts';

/** Nobody signs it: it says when to pull, never what is allowed. */
export type FeedHint = { epoch: number; serial: number };

export const HINT_LIMITS = {
  /** A stream that is silent for longer than three heartbeats is dead. */
  silenceMs: 50_000,
  connectMs: 15_000,
  /** Wait before connecting again: doubles from the first to the last, each time somewhere in its upper half. */
  firstRetryMs: 1_000,
  lastRetryMs: 60_000,
  /** Hints of one event go to thousands of gateways: each waits up to this before it pulls. */
  spreadMs: 400,
  lineBytes: 4096,
} as const;

const hintSchema = z.object({ epoch: z.int().min(1), serial: z.int().min(1) });

export type HintState =
  | { state: 'open' }
  /** `status` is null where there was no answer. Polling goes on meanwhile. */
  | { state: 'closed'; status: number | null; retryInMs: number };

/**
 * Listens to the feed's event stream until `signal` ends it and calls `onHint` for every list that is newer than the
 * last hint. Connects again by itself, with growing, jittered pauses. The registry says its serial at every connect, so
 * nothing is missed in between. A hint is unsigned: pull the feed as always, and keep polling, since whoever can cut
 * the stream must gain nothing.
 */
export async function watchHints({
  trust,
  token,
  onHint,
  onState = () => {},
  signal,
  fetch = globalThis.fetch,
  random = Math.random,
  limits = HINT_LIMITS,
}: {
  trust: Pick<FeedTrust, 'baseUrl'>;
  token?: string | undefined;
  onHint: (hint: FeedHint) => void;
  onState?: (state: HintState) => void;
  signal: AbortSignal;
  fetch?: Fetch;
  /** In [0, 1). */
  random?: () => number;
  limits?: { [limit in keyof typeof HINT_LIMITS]: number };
}): Promise<void> {
  let last: FeedHint | null = null;
  let failures = 0;
  const hear = (hint: FeedHint) => {
    failures = 0;
    if (last && (hint.epoch < last.epoch || (hint.epoch === last.epoch && hint.serial <= last.serial))) return;
    last = hint;
    void delay(random() * limits.spreadMs, null, { signal, ref: false }).then(
      () => onHint(hint),
      () => {},
    );
  };
  while (!signal.aborted) {
    const { status, retryAfterMs } = await listen({ trust, token, hear, onState, signal, fetch, limits });
    if (signal.aborted) return;
    const step = Math.min(limits.lastRetryMs, limits.firstRetryMs * 2 ** Math.min(failures, 16));
    failures += 1;
    const retryInMs = Math.max(Math.min(retryAfterMs, limits.lastRetryMs), step / 2 + (random() * step) / 2);
    onState({ state: 'closed', status, retryInMs });
    await delay(retryInMs, null, { signal, ref: false }).catch(() => {});
  }
}

/** One connection until it ends, for whatever reason. */
async function listen({
  trust,
  token,
  hear,
  onState,
  signal,
  fetch,
  limits,
}: {
  trust: Pick<FeedTrust, 'baseUrl'>;
  token: string | undefined;
  hear: (hint: FeedHint) => void;
  onState: (state: HintState) => void;
  signal: AbortSignal;
  fetch: Fetch;
  limits: { [limit in keyof typeof HINT_LIMITS]: number };
}): Promise<{ status: number | null; retryAfterMs: number }> {
  const ended = new AbortController();
  const end = () => ended.abort();
  signal.addEventListener('abort', end, { once: true });
  let watchdog = setTimeout(end, limits.connectMs);
  try {
    const response = await fetch(`${trust.baseUrl.replace(/\/+$/, '')}/events`, {
      headers: {
        accept: 'text/event-stream',
        'user-agent': 'hallmark-feed-client',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      redirect: 'manual',
      cache: 'no-store',
      signal: ended.signal,
    });
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (response.status !== 200 || !isStream || !response.body) {
      await response.body?.cancel();
      const seconds = Number(response.headers.get('retry-after') ?? 0);
      return { status: response.status, retryAfterMs: seconds > 0 ? seconds * 1000 : 0 };
    }
    onState({ state: 'open' });
    const parser = createParser({
      onEvent: ({ data }) => {
        const hint = hintSchema.safeParse(parsed(data));
        if (hint.success) hear(hint.data);
      },
    });
    const decoder = new TextDecoder();
    let unfinished = 0;
    for await (const chunk of response.body) {
      clearTimeout(watchdog);
      watchdog = setTimeout(end, limits.silenceMs);
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      const newline = text.lastIndexOf('\n');
      unfinished = newline < 0 ? unfinished + text.length : text.length - newline;
      const isEndless = unfinished > limits.lineBytes;
      parser.feed(isEndless ? text.slice(0, newline + 1) : text);
      if (isEndless) break;
    }
    return { status: 200, retryAfterMs: 0 };
  } catch {
    return { status: null, retryAfterMs: 0 };
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', end);
    end();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
