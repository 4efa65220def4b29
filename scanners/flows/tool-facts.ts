import type { ToolDefinition } from '#lib/manifest/types.ts';
import { nameWords } from '../manifest-inputs.ts';
import { toolPermissions } from '../permissions/tool-permissions.ts';
import type { FlowFact } from './types.ts';

/** Scopes of `permissions/words.ts` that hold what is not for everybody, the plainest first. */
const PRIVATE: readonly string[] = [
  'files in the directories you name',
  'files',
  'e-mail',
  'databases',
  'messages and chats',
  'repositories',
  'documents',
  'notes and memory',
  'calendars',
  'issues and tickets',
  'payments and money',
  'users and access',
  'cloud resources',
  'containers and clusters',
  'logs and metrics',
  'the screen, mouse and keyboard',
];
/** Scopes where strangers write. */
const STRANGERS: readonly string[] = [
  'web pages',
  'e-mail',
  'issues and tickets',
  'messages and chats',
  'repositories',
  'calendars',
];
/** Scopes where what is written is read by others. */
const SEEN_BY_OTHERS: readonly string[] = [
  'e-mail',
  'messages and chats',
  'issues and tickets',
  'repositories',
  'calendars',
];
/** Names and first words of tools whose data anybody may read. */
const PUBLIC = /\b(?:public|documentation|docs|wikipedia|arxiv|open data|changelog|weather|news)\b/i;
/** What is listed by its names alone: nobody's words come in, nothing is read. */
const CONTAINERS: ReadonlySet<string> = new Set(
  'channels folders branches labels calendars repos repositories members users tags directories collections spaces'.split(
    ' ',
  ),
);
/** Changes that leave something for others to read; archiving, moving and deleting leave nothing. */
const LEAVES_WORDS: ReadonlySet<string> = new Set(
  'create update edit write add set put patch append comment reply push commit publish upload submit post insert fork open'.split(
    ' ',
  ),
);
const HEAD_CHARS = 200;
const URL_PARAMETER = /^(?:url|urls|uri|link|endpoint|webhook\w*)$/i;

export type FactOfTool = { fact: FlowFact; what: string; rank: number };

/**
 * The facts of one tool, by its permissions, its parameters and its annotations: `openWorldHint: true` on a reading tool says
 * that strangers' content comes in, `false` that nothing comes in or goes out.
 */
export function factsOfTool(tool: ToolDefinition): FactOfTool[] {
  const found: FactOfTool[] = [];
  const add = (fact: FlowFact, what: string, rank: number) => {
    if (!found.some((known) => known.fact === fact)) found.push({ fact, what, rank });
  };
  const { openWorldHint } = tool.annotations ?? {};
  const words = nameWords(tool.name);
  const isListOfNames = words[0] === 'list' && words.slice(1).some((word) => CONTAINERS.has(word));
  const isPublic = PUBLIC.test(
    `${tool.name.replaceAll(/[_-]/g, ' ')} ${(tool.description ?? '').slice(0, HEAD_CHARS)}`,
  );
  for (const { kind, scope } of toolPermissions(tool, 'the service')) {
    if (kind === 'run-code') {
      add('private-data', `whatever ${scope} can reach`, 0);
      add('way-out', `wherever ${scope} can send it`, 0);
    }
    if (kind === 'secrets' && scope.startsWith('environment')) add('private-data', scope, 0);
    if (kind === 'read' && !isListOfNames) {
      if (PRIVATE.includes(scope) && !isPublic) add('private-data', scope, PRIVATE.indexOf(scope));
      if (STRANGERS.includes(scope) && openWorldHint !== false)
        add('untrusted-content', scope, STRANGERS.indexOf(scope));
      else if (openWorldHint === true) add('untrusted-content', 'an open world, by its own word', STRANGERS.length);
    }
    if (openWorldHint === false) continue;
    if (kind === 'send-out') add('way-out', scope, 1);
    if (kind === 'change' && SEEN_BY_OTHERS.includes(scope) && words.some((word) => LEAVES_WORDS.has(word)))
      add('way-out', scope, 2);
  }
  if (openWorldHint !== false && takesUrl(tool)) add('way-out', 'addresses that the model writes', 3);
  return found;
}

function takesUrl({ inputSchema }: ToolDefinition): boolean {
  const properties = inputSchema?.properties;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return false;
  return Object.keys(properties)
    .slice(0, 200)
    .some((name) => URL_PARAMETER.test(name));
}
