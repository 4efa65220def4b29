import { z } from 'zod';
import { MAX_STATUS_MESSAGE } from '#lib/catalog/change-status.ts';
import type { VersionStatus } from '#lib/catalog/views.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { readBody } from '#lib/http/respond.ts';
import { parseStrictJson } from '#lib/manifest/index.ts';

/** A status and its message are a few hundred bytes. */
const MAX_BODY = 16 * 1024;

const statusChange = z.object({
  status: z.enum(['active', 'deprecated', 'deleted'], 'expected value to be one of "active, deprecated, deleted"'),
  statusMessage: z
    .string('expected string')
    .refine((text) => [...text].length <= MAX_STATUS_MESSAGE, `expected length <= ${MAX_STATUS_MESSAGE}`)
    .nullish(),
});

/** The JSON of a small body. Throws BAD_REQUEST where it is none. */
export async function readJson(request: Request): Promise<unknown> {
  const json = parseStrictJson(await readBody(request, MAX_BODY), { maxBytes: MAX_BODY });
  if (json.ok) return json.value;
  throw new DomainError('BAD_REQUEST', `The body cannot be read: ${json.issues[0]?.message ?? 'not JSON'}`);
}

/** Throws UNPROCESSABLE with one `errors` entry for each fault, as the official registry answers. */
export function parseFields<T>(schema: z.ZodType<T>, input: unknown, place: 'body' | 'query'): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new DomainError('UNPROCESSABLE', 'validation failed', {
    errors: parsed.error.issues.map(({ message, path }) => ({ message, location: [place, ...path].join('.') })),
  });
}

/** The status that a body or a query asks for. Throws UNPROCESSABLE. */
export function parseStatusChange(
  input: unknown,
  place: 'body' | 'query',
): { status: VersionStatus; statusMessage: string | null } {
  const { status, statusMessage = null } = parseFields(statusChange, input, place);
  return { status, statusMessage };
}
