import { parseTree } from 'jsonc-parser';
import { z } from 'zod';
import { parseStrictJson } from '#lib/manifest/index.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import { definitionsSchema } from '#lib/scans/definitions-schema.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { SourceLine } from './split-source.ts';

/** Where the registry API puts what it says about a version (registry OpenAPI, `ServerResponse._meta`). */
export const OFFICIAL_META_KEY = 'io.modelcontextprotocol.registry/official';

/** A server with what came beside it. `manifestBytes` are the exact bytes of the `server` member in the file. */
export type SourceEntry = {
  manifestBytes: Uint8Array<ArrayBuffer>;
  definitions: Definitions | null;
  category: string | null;
  tags: string[];
  source: string | null;
  license: string | null;
  /** What the other catalog says about the version itself; null where it says nothing, as in lines without `_meta`. */
  official: SourceStatus | null;
};

export type SourceStatus = {
  status: 'active' | 'deprecated' | 'deleted';
  statusMessage: string | null;
  publishedAt: Date | null;
  /** When the status became what it is; for catalogs that do not tell, when the entry changed last. */
  statusChangedAt: Date | null;
};

/** An entry of the file as it was read, or why it is none. */
export type ParsedLine = { line: number; entry: SourceEntry } | { line: number; reason: string };

const lineSchema = z.object({
  server: z.record(z.string(), z.unknown()),
  tools: z.array(z.unknown()).optional(),
  prompts: z.array(z.unknown()).optional(),
  resources: z.array(z.unknown()).optional(),
  resourceTemplates: z.array(z.unknown()).optional(),
  instructions: z.string().optional(),
  category: z.string().max(100).nullish(),
  tags: z.array(z.string().max(100)).max(50).nullish(),
  source: z.string().max(500).nullish(),
  license: z.string().max(200).nullish(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});

const timestamp = z.string().transform((text, context) => {
  const date = parseTimestamp(text);
  if (date) return date;
  context.addIssue({ code: 'custom', message: `"${text.slice(0, 40)}" is not an RFC 3339 timestamp` });
  return z.NEVER;
});
export const officialSchema = z.object({
  status: z.enum(['active', 'deprecated', 'deleted']).default('active'),
  // Characters as the registry counts them.
  statusMessage: z
    .string()
    .refine((text) => [...text].length <= 500, 'must have at most 500 characters')
    .nullish(),
  publishedAt: timestamp.optional(),
  statusChangedAt: timestamp.optional(),
  updatedAt: timestamp.optional(),
});

/** Reads one entry. Never throws: a bad one is a reason. */
export function parseLine(source: SourceLine): ParsedLine {
  const { line } = source;
  if ('reason' in source) return source;
  const json = parseStrictJson(source.bytes, { maxBytes: 16 * 1024 * 1024 });
  if (!json.ok) return { line, reason: json.issues[0]?.message ?? 'not JSON' };
  const parsed = lineSchema.safeParse(json.value);
  if (!parsed.success) return { line, reason: describe(parsed.error, 'line') };
  const definitions = readDefinitions(parsed.data);
  if (definitions instanceof Error) return { line, reason: definitions.message };
  const official = readOfficial(parsed.data._meta?.[OFFICIAL_META_KEY]);
  if (official instanceof Error) return { line, reason: official.message };
  return {
    line,
    entry: {
      manifestBytes: serverBytes(source.bytes),
      definitions,
      category: parsed.data.category ?? null,
      tags: parsed.data.tags ?? [],
      source: parsed.data.source ?? null,
      license: parsed.data.license ?? null,
      official,
    },
  };
}

const describe = (error: z.ZodError, root: string) => {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || root}: ${issue.message}`;
};

function readDefinitions(data: z.output<typeof lineSchema>): Definitions | null | Error {
  if (!data.tools) return null;
  const { tools, prompts, resources, resourceTemplates, instructions } = data;
  const parsed = definitionsSchema.safeParse({ tools, prompts, resources, resourceTemplates, instructions });
  return parsed.success ? parsed.data : new Error(describe(parsed.error, 'tools'));
}

function readOfficial(value: unknown): SourceStatus | null | Error {
  if (value === undefined) return null;
  const parsed = officialSchema.safeParse(value);
  if (!parsed.success) return new Error(`_meta: ${describe(parsed.error, OFFICIAL_META_KEY)}`);
  const { status, statusMessage, publishedAt, statusChangedAt, updatedAt } = parsed.data;
  return {
    status,
    statusMessage: statusMessage ?? null,
    publishedAt: publishedAt ?? null,
    statusChangedAt: statusChangedAt ?? updatedAt ?? null,
  };
}

/** The bytes of the `server` member as they stand in the file: its digest must not depend on how we would write it. */
export function serverBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // One character a byte, so that the places found in the text are places in the bytes.
  const root = parseTree(Buffer.from(bytes).toString('latin1'));
  const server = root?.children?.find((property) => property.children?.[0]?.value === 'server')?.children?.[1];
  return new Uint8Array(server ? bytes.slice(server.offset, server.offset + server.length) : []);
}
