import type { JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { keyOf, progressTokenOf } from './messages.ts';

export type Tracked = {
  id: RequestId;
  method: string;
  progressToken: RequestId | null;
  startedAt: number;
  tool?: string;
  digest?: string | null;
  timer?: NodeJS.Timeout;
};

/** The client's requests that are not answered yet: `pending` ones the server has, `held` ones the gateway has. */
export class RequestTable {
  readonly #pending = new Map<string, Tracked>();
  readonly #held = new Map<string, Tracked>();

  has(id: RequestId): boolean {
    return this.#pending.has(keyOf(id)) || this.#held.has(keyOf(id));
  }

  hold(request: JSONRPCRequest): void {
    this.#held.set(keyOf(request.id), track(request));
  }

  /** Whether it was still held. */
  release(id: RequestId): boolean {
    return this.#held.delete(keyOf(id));
  }

  /** The server has it from now on; `onTimeout` when it has not answered after `timeoutMs`. */
  pass(
    request: JSONRPCRequest,
    about: { tool?: string; digest?: string | null },
    { timeoutMs, onTimeout }: { timeoutMs: number; onTimeout: (tracked: Tracked) => void },
  ): void {
    const tracked: Tracked = { ...track(request), ...about };
    tracked.timer = setTimeout(() => onTimeout(tracked), timeoutMs);
    tracked.timer.unref();
    this.#pending.set(keyOf(request.id), tracked);
  }

  /** The request that the server answers with this id, which is then answered. */
  settle(id: RequestId | undefined): Tracked | null {
    const tracked = id === undefined ? undefined : this.#pending.get(keyOf(id));
    if (!tracked) return null;
    this.#pending.delete(keyOf(tracked.id));
    clearTimeout(tracked.timer);
    return tracked;
  }

  get pending(): Tracked[] {
    return [...this.#pending.values()];
  }

  /** The pending request that reports progress under this token. */
  byProgressToken(token: unknown): Tracked | null {
    return this.pending.find(({ progressToken }) => progressToken !== null && progressToken === token) ?? null;
  }

  /** The youngest one that the server has: the likeliest reason for what it says unasked. */
  get latest(): Tracked | null {
    return this.pending.at(-1) ?? null;
  }

  /** Forgets all and returns them. */
  drain(): Tracked[] {
    const all = [...this.#pending.values(), ...this.#held.values()];
    for (const { timer } of all) clearTimeout(timer);
    this.#pending.clear();
    this.#held.clear();
    return all;
  }
}

function track(request: JSONRPCRequest): Tracked {
  const { id, method } = request;
  return { id, method, progressToken: progressTokenOf(request), startedAt: performance.now() };
}
