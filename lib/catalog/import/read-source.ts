import { parseTree } from 'jsonc-parser';
import { z } from 'zod';
import { parseStrictJson } from '#lib/manifest/index.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import { definitionsSchema } from '#lib/scans/definitions-schema.ts';

/** A server with what came beside it. `manifestBytes` are the exact bytes of the `server` member in the file. */
export type SourceEntry = {
  manifestBytes: Uint8Array<ArrayBuffer>;
  definitions: Definitions | null;
  category: string | null;
  tags: string[];
  source: string | null;
  license: string | null;
  status: 'active' | 'deprecated' | 'deleted';
  statusMessage: string | null;
  publishedAt: Date | null;
};

/** One line of the file: an entry, or why it is none. Lines count from 1. */
export type SourceLine = { line: number; text: string };
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

const officialSchema = z.object({
  status: z.enum(['active', 'deprecated', 'deleted']).default('active'),
  statusMessage: z.string().max(500).optional(),
  publishedAt: z.iso.datetime({ offset: true }).optional(),
});

/**
 * Splits a file into lines: JSONL as it is; a saved page of `GET /v0.1/servers` (or several, one after the other) into
 * its `servers`, so that both go the same way from there.
 */
export function splitSource(text: string): SourceLine[] {
  const trimmed = text.replace(/^\uFEFF/, '');
  const page = asPage(trimmed);
  if (page) return page;
  return trimmed.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    return asPage(line)?.map((item) => ({ ...item, line: i + 1 })) ?? [{ line: i + 1, text: line }];
  });
}

/** The items of a page as texts of their own, or null when the text is not a page. */
function asPage(text: string): SourceLine[] | null {
  if (!/^\s*\{\s*"(servers|metadata)"/.test(text)) return null;
  const root = parseTree(text);
  const servers = root?.children?.find((property) => property.children?.[0]?.value === 'servers')?.children?.[1];
  if (servers?.type !== 'array') return null;
  return (servers.children ?? []).map((item, i) => ({
    line: i + 1,
    text: text.slice(item.offset, item.offset + item.length),
  }));
}

/** Reads one line. Never throws: a bad line is a reason. */
export function parseLine({ line, text }: SourceLine): ParsedLine {
  const bytes = new Uint8Array(Buffer.from(text, 'utf8'));
  const json = parseStrictJson(bytes, { maxBytes: 16 * 1024 * 1024 });
  if (!json.ok) return { line, reason: json.issues[0]?.message ?? 'not JSON' };
  const parsed = lineSchema.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return { line, reason: `${issue.path.join('.') || 'line'}: ${issue.message}` };
  }
  const definitions = readDefinitions(parsed.data);
  if (definitions instanceof Error) return { line, reason: definitions.message };
  const official = officialSchema.safeParse(parsed.data._meta?.['io.modelcontextprotocol.registry/official'] ?? {});
  if (!official.success) return { line, reason: `_meta: ${official.error.issues[0]!.message}` };
  return {
    line,
    entry: {
      manifestBytes: serverBytes(text),
      definitions,
      category: parsed.data.category ?? null,
      tags: parsed.data.tags ?? [],
      source: parsed.data.source ?? null,
      license: parsed.data.license ?? null,
      status: official.data.status,
      statusMessage: official.data.statusMessage ?? null,
      publishedAt: official.data.publishedAt ? new Date(official.data.publishedAt) : null,
    },
  };
}

function readDefinitions(data: z.output<typeof lineSchema>): Definitions | null | Error {
  if (!data.tools) return null;
  const { tools, prompts, resources, resourceTemplates, instructions } = data;
  const parsed = definitionsSchema.safeParse({ tools, prompts, resources, resourceTemplates, instructions });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  return new Error(`${issue.path.join('.')}: ${issue.message}`);
}

/** The text of the `server` member as it stands in the line: its digest must not depend on how we would write it. */
function serverBytes(text: string): Uint8Array<ArrayBuffer> {
  const server = parseTree(text)?.children?.find((property) => property.children?.[0]?.value === 'server')
    ?.children?.[1];
  return new Uint8Array(Buffer.from(server ? text.slice(server.offset, server.offset + server.length) : '', 'utf8'));
}
