import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { addSyncSource } from '#lib/catalog/sync/index.ts';
import { SYNC_LIMITS, type SyncLimits } from '#lib/catalog/sync/limits.ts';
import { type RunOptions, runSync } from '#lib/catalog/sync/run-sync.ts';
import type { SyncFilters } from '#lib/catalog/sync/types.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { NO_PRIVATE_NETWORKS, parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import { manifestOf } from '../../instance.ts';

/** An item of an upstream. `server` is the text of its manifest, to the byte. */
export type UpstreamItem = { name: string; version: string; server: string; official: Record<string, unknown> };

export const T0 = new Date('2026-03-01T12:00:00.000Z');
export const at = (minutes: number) => new Date(T0.getTime() + minutes * 60_000);

export function item(
  name: string,
  version: string,
  { minutes = 0, extra = {}, ...official }: { minutes?: number; extra?: JsonObject } & Record<string, unknown> = {},
): UpstreamItem {
  const time = at(minutes).toISOString();
  return {
    name,
    version,
    server: JSON.stringify(manifestOf(name, version, extra)),
    official: {
      status: 'active',
      statusChangedAt: time,
      publishedAt: time,
      updatedAt: time,
      isLatest: true,
      ...official,
    },
  };
}

export const itemText = ({ server, official }: Pick<UpstreamItem, 'server' | 'official'>) =>
  `{"server": ${server}, "_meta": {"io.modelcontextprotocol.registry/official": ${JSON.stringify(official)}}}`;

export const pageText = (items: string[], nextCursor?: string) =>
  `{"servers": [${items.join(', ')}], "metadata": ${JSON.stringify({ count: items.length, ...(nextCursor ? { nextCursor } : {}) })}}`;

type Answer = { status?: number; headers?: Record<string, string>; body?: string };

export type Upstream = {
  url: string;
  /** By name and version, in the order of the official registry. */
  items: Map<string, UpstreamItem>;
  put(...items: UpstreamItem[]): void;
  /** Query of every request, in order. */
  requests: URLSearchParams[];
  /** Answers a request in place of the registry, where it gives something. `n` counts from 1. */
  intercept: ((query: URLSearchParams, n: number, path: string) => Answer | null | Promise<Answer | null>) | null;
  /** Items a page. */
  pageSize: number;
  /** What its `Date` header says; its real time where null. */
  date: Date | null;
  close(): Promise<void>;
};

/**
 * A registry as the official one behaves, on loopback: keyset by text of name and version, a cursor with the version's
 * raw text, a next cursor whenever a page is full, `updated_at >` the given time, and `isLatest` flips that move no time.
 */
export async function startUpstream(): Promise<Upstream> {
  const state: Upstream = {
    url: '',
    items: new Map(),
    put: (...items) => {
      for (const one of items) state.items.set(`${one.name}\n${one.version}`, one);
    },
    requests: [],
    intercept: null,
    pageSize: 100,
    date: null,
    close: async () => {},
  };
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    state.requests.push(url.searchParams);
    const given = await state.intercept?.(url.searchParams, state.requests.length, url.pathname);
    const answer = given ?? answerAs(state, url);
    response.sendDate = state.date === null;
    const date = state.date ? { date: state.date.toUTCString() } : {};
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...date, ...answer.headers });
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return state;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function answerAs({ items, pageSize }: Upstream, { pathname, searchParams }: URL): Answer {
  if (pathname !== '/v0.1/servers') return { status: 404, body: '{"title": "Not Found", "status": 404}' };
  const since = searchParams.get('updated_since');
  const isDeletedShown = since !== null || searchParams.get('include_deleted') === 'true';
  const [afterName = '', ...rest] = (searchParams.get('cursor') ?? '').split(':');
  const afterVersion = rest.join(':');
  const wanted = [...items.values()]
    .filter(({ official }) => isDeletedShown || official.status !== 'deleted')
    .filter(({ official }) => !since || new Date(String(official.updatedAt)) > new Date(since))
    .filter(({ name, version }) => name > afterName || (name === afterName && version > afterVersion))
    .sort((a, b) => byText(a.name, b.name) || byText(a.version, b.version))
    .slice(0, pageSize);
  const last = wanted.at(-1);
  const next = wanted.length === pageSize && last ? `${last.name}:${last.version}` : undefined;
  return { body: pageText(wanted.map(itemText), next) };
}

export const SETTINGS = {
  HALLMARK_PRIVATE_NETWORKS: parsePrivateNetworks('127.0.0.1'),
  HALLMARK_BLOCKED_NAMESPACES: [] as string[],
};

export const ADMIN = { type: 'user', id: 'admin', name: 'Ada' } as const;

let sources = 0;

export async function addSource(upstream: Pick<Upstream, 'url'>, filters: Partial<SyncFilters> = {}) {
  sources += 1;
  const source = { baseUrl: upstream.url, name: `source-${sources}`, filters, actor: ADMIN, settings: SETTINGS };
  return addSyncSource({ ...source, now: T0 });
}

/** Runs a source with pauses cut short. The clock stands at `now` unless told. */
export function run(sourceId: string, options: RunOptions & { isFull?: boolean } = {}) {
  return runSync({
    sourceId,
    outbound: createOutbound({ privateNetworks: NO_PRIVATE_NETWORKS }),
    settings: SETTINGS,
    random: () => 0.5,
    limits: QUICK,
    ...options,
  });
}

/** Pauses of milliseconds that are waited for within a run, up to five of them. */
export const QUICK: SyncLimits = { ...SYNC_LIMITS, firstPauseMs: 2, inlinePauseMs: 40, heartbeatMs: 60_000 };
