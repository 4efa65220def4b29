import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';

/** The question that a page answers; a cursor carries it, because VS Code drops `search` from page 2 on. */
export type ListQuery = {
  search: string | null;
  /** `latest`, an exact version, or null for all. */
  version: string | null;
  updatedSince: string | null;
  includeDeleted: boolean;
};

/** Where the next page starts: after a row of the plain listing, or at an offset of the ranked hits. */
export type Position = { after: [name: string, version: string] } | { offset: number };

const schema = z.strictObject({
  v: z.literal(1),
  q: z.strictObject({
    search: z.string().max(1000).nullable(),
    version: z.string().max(255).nullable(),
    updatedSince: z.string().max(64).nullable(),
    includeDeleted: z.boolean(),
  }),
  p: z.union([
    z.strictObject({ after: z.tuple([z.string().max(255), z.string().max(255)]) }),
    z.strictObject({ offset: z.int().min(0).max(100_000) }),
  ]),
});

/** base64url: VS Code puts the cursor into its next address without encoding it. */
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
