import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { escapeLine } from './escape-lines.ts';
import type { IntrospectErrorCode, IntrospectLimits, ListKind } from './types.ts';

/** Method and result key of each list (MCP specification 2025-11-25). */
const METHODS = {
  tools: { method: 'tools/list', key: 'tools', capability: 'tools' },
  prompts: { method: 'prompts/list', key: 'prompts', capability: 'prompts' },
  resources: { method: 'resources/list', key: 'resources', capability: 'resources' },
  resourceTemplates: { method: 'resources/templates/list', key: 'resourceTemplates', capability: 'resources' },
} as const satisfies Record<ListKind, { method: string; key: string; capability: string }>;

/** Only the envelope: the items are judged one by one, so that one bad item does not hide the others. */
const PAGE = z.looseObject({ nextCursor: z.unknown().optional() });

export type ListResult =
  | { ok: true; items: unknown[] }
  | { ok: false; code: IntrospectErrorCode; message: string }
  | { ok: false; code: null; error: unknown };

/**
 * Reads all pages of one list. It asks even when the server does not declare the capability: a client may do so too. A
 * server that then says "no such method", or anything else but a list, has none. A failure with code null is for the
 * caller to explain (the server ended, or did not answer).
 */
export async function listAll(
  client: Client,
  kind: ListKind,
  { limits, signal }: { limits: IntrospectLimits; signal: AbortSignal },
): Promise<ListResult> {
  const { method, key, capability } = METHODS[kind];
  const isDeclared = client.getServerCapabilities()?.[capability] !== undefined;
  const items: unknown[] = [];
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 1; ; page += 1) {
    if (page > limits.pages) return tooMany(`${method} has more than ${limits.pages} pages.`);
    let result: Record<string, unknown>;
    try {
      const params = cursor === undefined ? {} : { cursor };
      result = await client.request({ method, params }, PAGE, { timeout: limits.requestMs, signal });
    } catch (error) {
      if (error instanceof McpError && page === 1) {
        if (error.code === ErrorCode.MethodNotFound) return { ok: true, items: [] };
        const isAnswer = error.code !== ErrorCode.ConnectionClosed && error.code !== ErrorCode.RequestTimeout;
        if (!isDeclared && isAnswer) return { ok: true, items: [] };
      }
      return { ok: false, code: null, error };
    }
    const list = result[key];
    if (!Array.isArray(list)) {
      if (!isDeclared && page === 1) return { ok: true, items: [] };
      return protocolError(`The answer to ${method} has no list "${key}".`);
    }
    if (items.length + list.length > limits.items) return tooMany(`${method} has more than ${limits.items} entries.`);
    for (const item of list) items.push(item);
    const { nextCursor } = result;
    if (nextCursor === undefined || nextCursor === null || nextCursor === '') return { ok: true, items };
    if (typeof nextCursor !== 'string') return protocolError(`The cursor of ${method} is not a text.`);
    if (cursors.has(nextCursor)) {
      return tooMany(`${method} never ends: the cursor ${JSON.stringify(escapeLine(nextCursor))} came twice.`);
    }
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
}

const tooMany = (message: string): ListResult => ({ ok: false, code: 'TOO_MANY_ITEMS', message });
const protocolError = (message: string): ListResult => ({ ok: false, code: 'PROTOCOL_ERROR', message });
