import type { ToolAnnotations } from '#lib/manifest/types.ts';

/**
 * What a server says about a tool, in words (MCP 2025-11-25, ToolAnnotations). They are claims of the server; where one is
 * missing, a client has to assume the specification's default: it changes things, may destroy, and reaches outside.
 */
export function annotationWords(annotations: ToolAnnotations | undefined): string[] {
  if (!annotations) return [];
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  const words: string[] = [];
  if (readOnlyHint === true) words.push('only reads');
  if (readOnlyHint === false) words.push('changes things');
  if (readOnlyHint !== true && destructiveHint === true) words.push('may destroy');
  if (readOnlyHint !== true && destructiveHint === false) words.push('only adds');
  if (readOnlyHint !== true && idempotentHint === true) words.push('same result when repeated');
  if (openWorldHint === true) words.push('reaches outside systems');
  if (openWorldHint === false) words.push('stays in its own system');
  return words;
}
