import { z } from 'zod';
import { parseStrictJson, sha256Hex } from '#lib/manifest/index.ts';
import { OFFICIAL_META_KEY, officialSchema, serverBytes } from '../import/read-source.ts';
import type { VersionStatus } from '../views.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { SkippedItem } from './types.ts';

/** What an upstream says about a version beside its manifest. Null where it says nothing. */
export type UpstreamFacts = {
  status: VersionStatus;
  statusMessage: string | null;
  statusChangedAt: Date | null;
  publishedAt: Date | null;
  updatedAt: Date | null;
};

/** An item of a page. `manifestBytes` are the exact bytes of its `server` member; nothing in them is checked yet. */
export type PageItem = {
  name: string;
  version: string;
  manifestBytes: Uint8Array<ArrayBuffer>;
  manifestSha256: string;
  facts: UpstreamFacts;
};

const itemSchema = z.object({
  server: z.looseObject({ name: z.string(), version: z.string() }),
  _meta: z.record(z.string(), z.unknown()).nullish(),
});

const firstIssue = (error: z.ZodError, root: string) =>
  `${error.issues[0]!.path.join('.') || root}: ${error.issues[0]!.message}`;

/** Reads one item. Never throws: a bad one is a reason. `isLatest` is not read: we say ourselves what is latest. */
export function readItem(bytes: Uint8Array): PageItem | SkippedItem {
  const json = parseStrictJson(bytes, { maxBytes: SYNC_LIMITS.itemBytes });
  const value = (json.ok ? json.value : json.recovered) as
    | { server?: { name?: unknown; version?: unknown } }
    | undefined;
  const skipped = (message: string): SkippedItem => ({
    code: 'ITEM_INVALID',
    name: shown(value?.server?.name, 200),
    version: shown(value?.server?.version, 255),
    message,
  });
  if (!json.ok) return skipped(json.issues[0]?.message ?? 'not JSON');
  const parsed = itemSchema.safeParse(json.value);
  if (!parsed.success) return skipped(firstIssue(parsed.error, 'item'));
  const official = officialSchema.safeParse(parsed.data._meta?.[OFFICIAL_META_KEY] ?? {});
  if (!official.success) return skipped(`_meta: ${firstIssue(official.error, OFFICIAL_META_KEY)}`);
  const manifestBytes = serverBytes(bytes);
  const { status, statusMessage, statusChangedAt, publishedAt, updatedAt } = official.data;
  return {
    name: parsed.data.server.name,
    version: parsed.data.server.version,
    manifestBytes,
    manifestSha256: sha256Hex(manifestBytes),
    facts: {
      status,
      // Nothing is to be said about a version that is as it should be.
      statusMessage: status === 'active' ? null : (statusMessage ?? null),
      statusChangedAt: statusChangedAt ?? null,
      publishedAt: publishedAt ?? null,
      updatedAt: updatedAt ?? null,
    },
  };
}

/** Text of an item that was refused: it is kept as an example, so it must be short and storable. */
const shown = (value: unknown, limit: number): string | null =>
  typeof value === 'string' ? value.slice(0, limit).toWellFormed().replaceAll('\0', '') : null;
