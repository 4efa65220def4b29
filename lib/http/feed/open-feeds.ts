import { db } from '#lib/db/db.ts';
import { watchFeedChanges } from '#lib/feed/store/feed-changes.ts';
import { etagOf } from '#lib/http/respond.ts';

/** A row is asked for again after this even when no change was heard: the bound on what a lost message can hide. */
const CACHE_MS = 1000;
const MAX_FEEDS = 5000;

export type Served = { bytes: Uint8Array<ArrayBuffer>; etag: string };

/** What answers polls of one feed, read from its row. */
export type OpenFeed = {
  orgId: string;
  slug: string;
  pathKey: string;
  epoch: number;
  serial: number;
  head: Served | null;
  timestamp: Served | null;
  recovery: Served | null;
  /** When the head's lease ends, in milliseconds. */
  headExpires: number;
};

type Cache = {
  bySlug: Map<string, { feed: OpenFeed; readAt: number }>;
  loading: Map<string, Promise<OpenFeed | null>>;
  /** Grows with every change that is heard: a row that was read meanwhile may be the old one. */
  generation: number;
  database: unknown;
  stop: () => void;
};
const shared = globalThis as typeof globalThis & { hallmarkFeeds?: Cache };

/**
 * The feed of an organization, from this process's memory while it is younger than a second and no change was heard.
 * Null when there is none; what does not exist is not remembered.
 */
export async function openFeedBySlug(slug: string): Promise<OpenFeed | null> {
  const { bySlug, loading } = cache();
  const cached = bySlug.get(slug);
  if (cached && performance.now() - cached.readAt < CACHE_MS) return cached.feed;
  const running = loading.get(slug) ?? load(slug);
  loading.set(slug, running);
  return running;
}

/** Has the next poll read its row, as a message from the database would: for whoever changed a feed here and reads it at once. */
export function forgetOpenFeeds(): void {
  const open = cache();
  open.generation += 1;
  open.loading.clear();
  open.bySlug.clear();
}

async function load(slug: string): Promise<OpenFeed | null> {
  const open = cache();
  const { generation } = open;
  const readAt = performance.now();
  try {
    const feed = await readFeed(slug);
    if (feed && open.generation === generation) {
      if (open.bySlug.size >= MAX_FEEDS) open.bySlug.clear();
      open.bySlug.set(slug, { feed, readAt });
    }
    return feed;
  } finally {
    if (open.generation === generation) open.loading.delete(slug);
  }
}

function cache(): Cache {
  const database = db();
  if (shared.hallmarkFeeds?.database === database) return shared.hallmarkFeeds;
  shared.hallmarkFeeds?.stop();
  const open: Cache = { bySlug: new Map(), loading: new Map(), generation: 0, database, stop: () => {} };
  const forget = (matches: (feed: OpenFeed) => boolean) => {
    open.generation += 1;
    open.loading.clear();
    for (const [slug, { feed }] of open.bySlug) if (matches(feed)) open.bySlug.delete(slug);
  };
  open.stop = watchFeedChanges({
    onChange: ({ orgId }) => forget((feed) => feed.orgId === orgId),
    onMissed: () => forget(() => true),
  });
  shared.hallmarkFeeds = open;
  return open;
}

async function readFeed(slug: string): Promise<OpenFeed | null> {
  const row = await db().feed.findFirst({
    where: { org: { slug } },
    select: {
      orgId: true,
      pathKey: true,
      epoch: true,
      serial: true,
      headBytes: true,
      timestampBytes: true,
      recoveryBytes: true,
    },
  });
  if (!row) return null;
  const { headBytes, timestampBytes, recoveryBytes, ...rest } = row;
  return {
    ...rest,
    slug,
    head: served(headBytes),
    timestamp: served(timestampBytes),
    recovery: served(recoveryBytes),
    headExpires: headBytes ? expiryOf(headBytes) : 0,
  };
}

function served(bytes: Uint8Array | null): Served | null {
  if (!bytes) return null;
  const own = new Uint8Array(bytes);
  return { bytes: own, etag: etagOf(own) };
}

function expiryOf(headBytes: Uint8Array): number {
  const { payload } = JSON.parse(Buffer.from(headBytes).toString('utf8')) as { payload: string };
  const { expires } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as { expires: string };
  return Date.parse(expires);
}
