import { toolDigest } from '#lib/manifest/definition-digests.ts';
import type { ToolDefinition } from '#lib/manifest/types.ts';
import { GatewayError } from './reasons.ts';

export const CATALOG_LIMITS = {
  pages: 100,
  tools: 10_000,
  /** How often a listing is begun anew because the server said that its tools changed meanwhile. */
  restarts: 3,
} as const;

export type ToolListing = {
  /** In the server's order, as it sent them. */
  tools: ToolDefinition[];
  /** Per name; null where the server lists more than one definition under it, or one that has no digest. */
  digests: Map<string, string | null>;
};

/** Asks for one page of `tools/list`. */
export type ListPage = (cursor: string | null) => Promise<unknown>;

/**
 * What the running server lists, all pages, until something says that it may have changed. The digests decide, so a
 * listing that was overtaken by `invalidate` while it ran is thrown away.
 */
export class ToolCatalog {
  readonly #listPage: ListPage;
  #listing: ToolListing | null = null;
  #running: Promise<ToolListing> | null = null;
  #generation = 0;

  constructor({ listPage }: { listPage: ListPage }) {
    this.#listPage = listPage;
  }

  /** The server announced a change, or the digests have become too old to rely on. */
  invalidate(): void {
    this.#generation += 1;
    this.#listing = null;
  }

  /** The current listing; `fresh` asks the server again. Throws `GatewayError` or what `listPage` throws. */
  async list({ fresh = false }: { fresh?: boolean } = {}): Promise<ToolListing> {
    if (fresh && !this.#running) this.invalidate();
    if (this.#listing) return this.#listing;
    this.#running ??= this.#listSettled().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #listSettled(): Promise<ToolListing> {
    for (let attempt = 0; attempt <= CATALOG_LIMITS.restarts; attempt += 1) {
      const generation = this.#generation;
      const listing = await this.#listOnce();
      if (generation === this.#generation) {
        this.#listing = listing;
        return listing;
      }
    }
    throw new GatewayError('UPSTREAM_UNSTABLE', 'The server changes its tools faster than they can be listed.');
  }

  async #listOnce(): Promise<ToolListing> {
    const tools: ToolDefinition[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < CATALOG_LIMITS.pages; page += 1) {
      const { found, nextCursor } = readPage(await this.#listPage(cursor));
      tools.push(...found);
      if (tools.length > CATALOG_LIMITS.tools) break;
      if (nextCursor === null) return { tools, digests: digestsOf(tools) };
      cursor = nextCursor;
    }
    throw new GatewayError(
      'UPSTREAM_MALFORMED',
      `The server lists more than ${CATALOG_LIMITS.tools} tools or ${CATALOG_LIMITS.pages} pages of them.`,
    );
  }
}

function readPage(result: unknown): { found: ToolDefinition[]; nextCursor: string | null } {
  const { tools, nextCursor } = (result ?? {}) as { tools?: unknown; nextCursor?: unknown };
  if (!Array.isArray(tools)) {
    throw new GatewayError('UPSTREAM_MALFORMED', 'The server answered tools/list without a list of tools.');
  }
  return { found: tools.filter(isTool), nextCursor: typeof nextCursor === 'string' ? nextCursor : null };
}

/** Entries without a name or a schema are not tools; nobody can have approved them. */
function isTool(value: unknown): value is ToolDefinition {
  const { name, inputSchema } = (value ?? {}) as { name?: unknown; inputSchema?: unknown };
  return typeof name === 'string' && typeof inputSchema === 'object' && inputSchema !== null;
}

function digestsOf(tools: ToolDefinition[]): Map<string, string | null> {
  const digests = new Map<string, string | null>();
  for (const tool of tools) {
    const digest = digestOf(tool);
    const known = digests.get(tool.name);
    digests.set(tool.name, known === undefined || known === digest ? digest : null);
  }
  return digests;
}

/** null for a definition that RFC 8785 cannot express, such as one with a lone surrogate. */
function digestOf(tool: ToolDefinition): string | null {
  try {
    return toolDigest(tool);
  } catch {
    return null;
  }
}
