import type { ListQuery } from '#lib/catalog/registry-rows.ts';
import { parseTimestamp } from '#lib/catalog/timestamp.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { problem } from '#lib/http/respond.ts';
import { decodeCursor, type Position } from './cursor.ts';

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 100;

export type ParsedListQuery = { query: ListQuery; position: Position | null; limit: number };

/**
 * Parameters of `GET /servers`. A cursor brings the query it was made for; parameters beside it are not looked at.
 * Unknown parameters are ignored, as the official registry does. Throws BAD_REQUEST; returns a 422 for a bad limit.
 */
export function parseListQuery(params: URLSearchParams): ParsedListQuery | Response {
  const asked = params.get('limit') || String(DEFAULT_LIMIT);
  const limit = /^\d{1,9}$/.test(asked) ? Number(asked) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    const message = `expected limit to be a whole number from 1 to ${MAX_LIMIT}`;
    return problem(422, 'validation failed', {
      errors: [{ message, location: 'query.limit', value: params.get('limit') }],
    });
  }
  const cursor = params.get('cursor');
  if (cursor) return { ...decodeCursor(cursor), limit };

  const updatedSince = parseTime(params.get('updated_since'));
  const includeDeleted = parseBoolean(params.get('include_deleted'));
  if (updatedSince && includeDeleted === false) {
    throw new DomainError(
      'BAD_REQUEST',
      'Cannot set include_deleted=false when using updated_since (incremental sync requires deleted servers)',
    );
  }
  return {
    query: {
      // People try `q`, get the unfiltered first page from the official registry, and do not notice.
      search: (params.get('search') ?? params.get('q'))?.trim().slice(0, 1000).toWellFormed() || null,
      version: params.get('version') || null,
      updatedSince,
      includeDeleted: includeDeleted ?? updatedSince !== null,
    },
    position: null,
    limit,
  };
}

function parseTime(text: string | null): string | null {
  if (!text) return null;
  // A "+" of a zone that was not encoded arrives as a space.
  const time = parseTimestamp(text.replace(/ (\d{2}:\d{2})$/, '+$1'));
  if (!time) {
    throw new DomainError(
      'BAD_REQUEST',
      'Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)',
    );
  }
  return time.toISOString();
}

export function parseBoolean(text: string | null): boolean | null {
  if (text === null || text === '') return null;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new DomainError('BAD_REQUEST', `Invalid include_deleted "${text.slice(0, 40)}": expected true or false`);
}
