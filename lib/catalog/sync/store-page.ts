import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { SyncSource } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import { isBlocked } from '#lib/publishers/namespace-names.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { MAX_VERSIONS_PER_SERVER } from '../publish-version.ts';
import { lockServerNames, recalculateLatestOf } from '../recalculate-latest.ts';
import { checkItem, chunksBySize, skippedItem } from './check-item.ts';
import { type Decision, decideItem } from './decide-item.ts';
import { finishCrawl } from './finish-crawl.ts';
import { followUsed } from './follow-used.ts';
import type { SyncLimits } from './limits.ts';
import { addPage, type PageResult } from './progress.ts';
import { type PageItem, readItem } from './read-item.ts';
import { keyOf, loadSurroundings } from './stored-surroundings.ts';
import { syncActor } from './sync-actor.ts';
import type { SkippedItem, SyncFilters, SyncProgress } from './types.ts';
import { type CheckedItem, insertVersions, replaceManifest, updateFacts, type Write } from './write-versions.ts';

/** Names whose versions are in memory together. */
const LATEST_BATCH = 25;

/** The crawl that a page belongs to: as the source's row says it, so that a row that says otherwise stops it. */
export type Crawl = { source: SyncSource; startedAt: Date; cursor: string | null; progress: SyncProgress };

/** The source was disabled, removed or crawled by somebody else meanwhile. */
export class CrawlLostError extends Error {}

export type StoredPage = { progress: SyncProgress; isFinished: boolean };

/**
 * Takes a page over and notes the next cursor, in one transaction: a crawl that is killed repeats at most the page that
 * it was at. With the last page it notes the end of the crawl. Throws CrawlLostError.
 */
export async function storePage({
  crawl,
  items,
  nextCursor,
  blockedNamespaces,
  limits,
  now,
  random,
}: {
  crawl: Crawl;
  items: Uint8Array[];
  nextCursor: string | null;
  blockedNamespaces: readonly string[];
  limits: SyncLimits;
  now: Date;
  random: number;
}): Promise<StoredPage> {
  const { readable, skipped } = await readItems(items);
  const stored = await db().$transaction(
    async (tx) => {
      await holdCrawl(tx, crawl);
      const page = await storeItems(tx, { items: readable, crawl, blockedNamespaces, now });
      const progress = addPage(crawl.progress, { ...page.result, skipped: [...skipped, ...page.result.skipped] });
      if (nextCursor === null) await finishCrawl(tx, { crawl, progress, limits, now, random });
      else {
        await tx.syncSource.update({
          where: { id: crawl.source.id },
          data: { cursor: nextCursor, progress, failures: 0, leaseUntil: new Date(now.getTime() + limits.leaseMs) },
        });
      }
      return { progress, changed: page.changed };
    },
    { timeout: 120_000, maxWait: 30_000 },
  );
  await indexServers(stored.changed);
  return { progress: stored.progress, isFinished: nextCursor === null };
}

async function readItems(items: Uint8Array[]): Promise<{ readable: PageItem[]; skipped: SkippedItem[] }> {
  const readable: PageItem[] = [];
  const skipped: SkippedItem[] = [];
  const seen = new Set<string>();
  for (const bytes of items) {
    const item = readItem(bytes);
    if ('code' in item) skipped.push(item);
    else if (seen.has(keyOf(item))) skipped.push(skippedItem(item, 'DUPLICATE', 'the page has this version twice'));
    else {
      seen.add(keyOf(item));
      readable.push(item);
    }
    await yieldToOthers();
  }
  return { readable, skipped };
}

/** Holds the source's row until the end of the transaction, where the crawl is still at this page. */
async function holdCrawl(tx: Tx, { source, startedAt, cursor }: Crawl): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from "SyncSource" where id = ${source.id} and "isEnabled" and "crawlStartedAt" = ${startedAt}
      and cursor is not distinct from ${cursor} for update`;
  if (rows.length === 0) throw new CrawlLostError(`the source ${source.name} was changed or crawled by somebody else`);
}

type Decided = { item: PageItem; decision: Decision };

async function storeItems(
  tx: Tx,
  {
    items,
    crawl,
    blockedNamespaces,
    now,
  }: { items: PageItem[]; crawl: Crawl; blockedNamespaces: readonly string[]; now: Date },
): Promise<{ result: PageResult; changed: string[] }> {
  const { source } = crawl;
  await lockServerNames(
    tx,
    items.map(({ name }) => name),
  );
  const around = await loadSurroundings(tx, items, source.id);
  const filters = source.filters as SyncFilters;
  const decided = items.map((item): Decided => {
    const namespace = namespaceOf(item.name).toLowerCase();
    const decision = decideItem(item, {
      source: source.baseUrl,
      filters,
      existing: around.versions.get(keyOf(item)) ?? null,
      server: around.servers.get(item.name) ?? null,
      holder: around.holders.get(namespace) ?? null,
      isBlocked: isBlocked(namespace, blockedNamespaces),
      others: around.others,
      maxVersions: MAX_VERSIONS_PER_SERVER,
    });
    return { item, decision };
  });
  return writeDecided(tx, { decided, source, now });
}

type Change = { item: PageItem; decision: Extract<Decision, { action: 'update' | 'replace' }> };

async function writeDecided(
  tx: Tx,
  { decided, source, now }: { decided: Decided[]; source: SyncSource; now: Date },
): Promise<{ result: PageResult; changed: string[] }> {
  const skipped: SkippedItem[] = [];
  const inserts: PageItem[] = [];
  const changes: Change[] = [];
  const count = { unchanged: 0, filter: 0 };
  for (const { item, decision } of decided) {
    if (decision.action === 'skip') skipped.push(skippedItem(item, decision.code, decision.message));
    else if (decision.action === 'insert') inserts.push(item);
    else if (decision.action === 'update') changes.push({ item, decision });
    else if (decision.action === 'replace') {
      const checked = await checkItem(item);
      if ('code' in checked) skipped.push(checked);
      else {
        const actor = syncActor(source.name);
        await replaceManifest(tx, { checked, versionId: decision.existing.id, actor, now });
        changes.push({ item, decision });
      }
    } else count[decision.action] += 1;
  }

  const write = { source: source.baseUrl, now };
  const inserted = await insertChecked(tx, { items: inserts, skipped, write });
  await updateFacts(
    tx,
    changes.map(({ item, decision: { existing, hasNewStatus } }) => ({ existing, facts: item.facts, hasNewStatus })),
    write,
  );
  const names = [...new Set([...inserted.names, ...changes.map(({ item }) => item.name)])];
  for (let i = 0; i < names.length; i += LATEST_BATCH) {
    await recalculateLatestOf(tx, names.slice(i, i + LATEST_BATCH), now);
  }
  const changed = [...new Set([...inserted.serverIds, ...changes.map(({ decision }) => decision.existing.serverId)])];
  await noteOverdue(tx, changed);
  const idsOf = (those: Change[]) => those.map(({ decision }) => decision.existing.id);
  await followUsed(tx, {
    versionIds: [...inserted.versionIds, ...idsOf(changes.filter(({ decision }) => decision.action === 'replace'))],
    withOtherStatus: idsOf(changes.filter(({ decision }) => decision.hasNewStatus)),
    now,
  });
  await appendEvents(tx, { changes, source, now });
  return {
    result: {
      imported: inserted.names.length,
      updated: changes.length,
      unchanged: count.unchanged,
      filtered: count.filter,
      skipped,
    },
    changed,
  };
}

/** Adds the valid ones of these items; the others are put to `skipped`. `names` has one for each version added. */
async function insertChecked(
  tx: Tx,
  { items, skipped, write }: { items: PageItem[]; skipped: SkippedItem[]; write: Write },
): Promise<{ names: string[]; serverIds: string[]; versionIds: string[] }> {
  const names: string[] = [];
  const serverIds: string[] = [];
  const versionIds: string[] = [];
  for (const chunk of chunksBySize(items)) {
    const checked: CheckedItem[] = [];
    for (const item of chunk) {
      const result = await checkItem(item);
      if ('code' in result) skipped.push(result);
      else checked.push(result);
    }
    const inserted = await insertVersions(tx, checked, write);
    serverIds.push(...inserted.serverIds);
    versionIds.push(...inserted.versionIds);
    names.push(...checked.map(({ item }) => item.name));
  }
  return { names, serverIds, versionIds };
}

/** Changes to what is here are told one by one, as if they had been made here; what is new is told with the crawl's end. */
async function appendEvents(
  tx: Tx,
  { changes, source, now }: { changes: Change[]; source: SyncSource; now: Date },
): Promise<void> {
  const actor = syncActor(source.name);
  for (const { item, decision } of changes) {
    const { existing, hasNewStatus } = decision;
    const subject = { server: item.name, version: item.version };
    if (decision.action === 'replace') {
      const data = { from: existing.manifestSha256, to: item.manifestSha256 };
      await appendEvent(tx, { orgId: null, kind: 'version.edited', actor, subject, data, now });
    }
    const { status, statusMessage } = item.facts;
    if (hasNewStatus && status !== existing.status) {
      const data = { from: existing.status, to: status, ...(statusMessage === null ? {} : { message: statusMessage }) };
      await appendEvent(tx, { orgId: null, kind: 'version.status-changed', actor, subject, data, now });
    }
  }
}
