import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { Refusal } from '../decisions/decide.ts';
import { type DefinitionKind, definitionsDigest, definitionsRefusal, isCompared } from '../decisions/definitions.ts';
import { matchesTemplate } from '../decisions/matches-template.ts';
import { quote } from '../decisions/quote.ts';
import { ListCatalog } from './list-catalog.ts';
import { METHOD_NOT_FOUND } from './messages.ts';
import { PeerRpcError } from './own-requests.ts';
import type { SessionRules } from './rules.ts';

type ListKind = Exclude<DefinitionKind, 'instructions'>;
type Listed = { items: Record<string, unknown>[]; digest: string | null };

/** The list that a method shows, or those that it needs. */
const LIST_METHODS: Record<string, ListKind> = {
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
};
const METHOD_OF: Record<ListKind, string> = {
  prompts: 'prompts/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
};

/** Methods that are about prompts, resources or templates, and pass only through `DefinitionsGuard`. */
export const GUARDED_METHODS: ReadonlySet<string> = new Set([
  ...Object.keys(LIST_METHODS),
  'prompts/get',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
]);

export type Guarded =
  /** The server answers. */
  | { pass: true; refusal: null }
  /** The gateway answers with this list. */
  | { pass: false; result: Record<string, unknown>; refusal: Refusal | null }
  | { pass: false; result: null; refusal: Refusal };

/**
 * Compares what a server lists beside its tools with what was approved, and keeps requests to what is listed. Only where
 * the signed list has such digests: lists from before they were added pass everything, unless `unseenDefinitions` is deny.
 */
export class DefinitionsGuard {
  readonly #rules: SessionRules;
  readonly #catalogs: Record<ListKind, ListCatalog<Listed>>;

  constructor({
    rules,
    request,
  }: {
    rules: SessionRules;
    request: (method: string, params: Record<string, unknown>) => Promise<unknown>;
  }) {
    this.#rules = rules;
    const catalog = (kind: ListKind) =>
      new ListCatalog<Listed>({
        member: kind,
        listPage: (cursor) =>
          request(METHOD_OF[kind], cursor === null ? {} : { cursor }).catch((error: unknown) => {
            // A server without prompts has none, whatever it calls that.
            if (error instanceof PeerRpcError && error.error.code === METHOD_NOT_FOUND) return { [kind]: [] };
            throw error;
          }),
        read: (items) => ({
          items: items.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null),
          digest: definitionsDigest(kind, items),
        }),
      });
    this.#catalogs = {
      prompts: catalog('prompts'),
      resources: catalog('resources'),
      resourceTemplates: catalog('resourceTemplates'),
    };
  }

  invalidate(kind?: ListKind): void {
    for (const one of kind ? [kind] : (Object.keys(this.#catalogs) as ListKind[])) this.#catalogs[one].invalidate();
  }

  /** Whether there is anything to compare with. */
  compares(entry: FeedServerVersion): boolean {
    return isCompared(entry, this.#rules.unseenDefinitions);
  }

  /** What becomes of one request of `GUARDED_METHODS`. Throws what the server's lists throw. */
  async look(request: JSONRPCRequest, entry: FeedServerVersion): Promise<Guarded> {
    const kind = LIST_METHODS[request.method];
    if (kind) {
      const { listed, refusal } = await this.#compare(kind, entry, { fresh: true });
      return { pass: false, result: { [kind]: refusal ? [] : listed.items }, refusal };
    }
    const refusal = await this.#aboutOne(request, entry);
    return refusal ? { pass: false, result: null, refusal } : { pass: true, refusal: null };
  }

  /** Whether the instructions are the approved ones. */
  instructionsRefusal(instructions: unknown, entry: FeedServerVersion): Refusal | null {
    if (instructions === undefined) return null;
    const digest = definitionsDigest('instructions', instructions);
    return definitionsRefusal({ entry, kind: 'instructions', digest, unseen: this.#rules.unseenDefinitions });
  }

  async #aboutOne({ method, params = {} }: JSONRPCRequest, entry: FeedServerVersion): Promise<Refusal | null> {
    const reference = (params.ref ?? {}) as { type?: unknown; name?: unknown; uri?: unknown };
    if (method === 'prompts/get') return this.#aboutPrompt(params.name, entry);
    if (method !== 'completion/complete') return this.#aboutResource(params.uri, entry);
    if (reference.type === 'ref/prompt') return this.#aboutPrompt(reference.name, entry);
    const { listed, refusal } = await this.#compare('resourceTemplates', entry);
    const isListed = listed.items.some(({ uriTemplate }) => uriTemplate === reference.uri);
    return refusal ?? (isListed ? null : this.#aboutResource(reference.uri, entry));
  }

  async #aboutPrompt(name: unknown, entry: FeedServerVersion): Promise<Refusal | null> {
    const { listed, refusal } = await this.#compare('prompts', entry);
    if (refusal || listed.items.some((prompt) => prompt.name === name)) return refusal;
    const message = `The server lists no prompt ${quote(String(name))}.`;
    return { allow: false, code: 'PROMPT_NOT_LISTED', message, entry };
  }

  async #aboutResource(uri: unknown, entry: FeedServerVersion): Promise<Refusal | null> {
    const resources = await this.#compare('resources', entry);
    if (!resources.refusal && resources.listed.items.some((resource) => resource.uri === uri)) return null;
    const templates = await this.#compare('resourceTemplates', entry);
    const isCovered = templates.listed.items.some(
      ({ uriTemplate }) =>
        typeof uriTemplate === 'string' && typeof uri === 'string' && matchesTemplate(uriTemplate, uri),
    );
    if (!templates.refusal && isCovered) return null;
    const message = `The server neither lists the resource ${quote(String(uri))} nor has a template that covers it.`;
    return resources.refusal ?? templates.refusal ?? { allow: false, code: 'RESOURCE_NOT_LISTED', message, entry };
  }

  async #compare(
    kind: ListKind,
    entry: FeedServerVersion,
    options: { fresh?: boolean } = {},
  ): Promise<{ listed: Listed; refusal: Refusal | null }> {
    const listed = await this.#catalogs[kind].list(options);
    const { digest } = listed;
    return {
      listed,
      refusal: definitionsRefusal({ entry, kind, digest, unseen: this.#rules.unseenDefinitions }),
    };
  }
}
