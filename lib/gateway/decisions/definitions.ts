import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { definitionDigests } from '#lib/manifest/definition-digests.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import type { Refusal } from './decide.ts';

/** What a server says of itself beside its tools, by the names of the feed's digests. */
export type DefinitionKind = 'prompts' | 'resources' | 'resourceTemplates' | 'instructions';

const WORDS: Record<DefinitionKind, string> = {
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resource templates',
  instructions: 'instructions',
};

/** What to do with definitions of a list that has no digests at all: lists before digests were added, or never scanned. */
export type UnseenDefinitions = 'allow' | 'deny';

/**
 * Why these definitions may not be used, or null. `digest` is that of what the running server says now, null when it
 * has no canonical form. Where the list has digests but not of this kind, the kind was not seen and is refused. Pure.
 */
export function definitionsRefusal({
  entry,
  kind,
  digest,
  unseen,
}: {
  entry: FeedServerVersion;
  kind: DefinitionKind;
  digest: string | null;
  unseen: UnseenDefinitions;
}): Refusal | null {
  const approved = entry.digests?.[kind];
  if (approved === undefined) {
    if (!entry.digests && unseen === 'allow') return null;
    const message = `The ${WORDS[kind]} of version ${entry.version} were not seen when it was approved.`;
    return { allow: false, code: 'DEFINITIONS_UNSEEN', message, entry };
  }
  if (digest === approved) return null;
  const message = `The ${WORDS[kind]} of version ${entry.version} are not those that were approved. Ask for a new review.`;
  return { allow: false, code: 'DEFINITIONS_DRIFTED', message, entry };
}

/** Whether the gateway has to look at these definitions itself. */
export function isCompared(entry: FeedServerVersion, unseen: UnseenDefinitions): boolean {
  return entry.digests !== undefined || unseen === 'deny';
}

/** The digest of one kind as the feed has it (DESIGN §5.2); null for what RFC 8785 cannot express. */
export function definitionsDigest(kind: DefinitionKind, value: unknown): string | null {
  const nothing: Definitions = {
    tools: null,
    prompts: null,
    resources: null,
    resourceTemplates: null,
    instructions: null,
  };
  try {
    return definitionDigests({ ...nothing, [kind]: value })[`${kind}Digest`];
  } catch {
    return null;
  }
}
