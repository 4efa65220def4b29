import { z } from 'zod';
import type { ListQuery } from '#lib/catalog/registry-rows.ts';
import { parseTimestamp } from '#lib/catalog/timestamp.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Where the next page starts: after a row of the plain listing, or at an offset of the ranked hits. */
export type Position = { after: [name: string, version: string] } | { offset: number };

/** Text that PostgreSQL can hold, as in the query's own parameters. */
const text = (limit: number) =>
  z
    .string()
    .max(limit)
    .refine((value) => value.isWellFormed() && !value.includes('\0'));

const schema = z.strictObject({
  v: z.literal(1),
  q: z.strictObject({
    search: text(1000).nullable(),
    version: text(255).nullable(),
    updatedSince: text(64)
      .refine((value) => parseTimestamp(value) !== null)
      .nullable(),
    includeDeleted: z.boolean(),
  }),
  p: z.union([
    z.strictObject({ after: z.tuple([text(255), text(255)]) }),
    z.strictObject({ offset: z.int().min(0).max(100_000) }),
  ]),
});

/**
 * Carries the query too, because VS Code drops `search` from page 2 on; base64url, because it puts the cursor into its
 * next address without encoding it.
 */
export const encodeCursor = (query: ListQuery, position: Position): string =>
  Buffer.from(JSON.stringify({ v: 1, q: query, p: position })).toString('base64url');

/** Throws BAD_REQUEST for anything that we did not make. */
export function decodeCursor(cursor: string): { query: ListQuery; position: Position } {
  try {
    if (!/^[A-Za-z0-9_-]{1,4000}$/.test(cursor)) throw new Error('alphabet');
    const { q, p } = schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { query: q, position: p as Position };
  } catch {
    throw new DomainError(
      'BAD_REQUEST',
      'Invalid cursor. Use the nextCursor of the last page unchanged, or leave it out to start at the first page.',
    );
  }
}
