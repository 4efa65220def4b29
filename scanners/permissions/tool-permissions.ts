import type { ToolDefinition } from '#lib/manifest/types.ts';
import { powerOf } from '../capabilities/tool-powers.ts';
import { isSecretName, nameWords } from '../manifest-inputs.ts';
import type { Permission, PermissionKind } from '../types.ts';
import { kindsOfVerb, SENT_BY_NAME, scopeOfWords } from './words.ts';

const SCOPE_OF_POWER = { shell: 'shell commands', code: 'code that the model writes', sql: 'SQL statements' } as const;
/** Parameters that name a directory or file make the scope the user's own choice. */
const PATH_PARAMETER = /^(?:path|paths|file_?path|file_?name|directory|dir|folder|source|destination)$/i;
const URL_PARAMETER = /^(?:url|urls|uri|link|endpoint)$/i;
const HEAD_CHARS = 200;
const READ_ONLY_SQL = /read[-_ ]?only|select|read_query/i;
const ENVIRONMENT = /\b(?:print|get|list|show)_?env(?:ironment)?\b|\ball environment variables\b/i;

/**
 * What one tool lets a model do, by its name, the first words of its description, its parameters and its annotations.
 * `service` names what is reached where nothing more definite is known. `readOnlyHint` and `destructiveHint` make the basis `declared`.
 */
export function toolPermissions(tool: ToolDefinition, service: string): Permission[] {
  const found: Permission[] = [];
  const add = (kind: PermissionKind, scope: string, basis: Permission['basis'] = 'inferred') => {
    if (!found.some((known) => known.kind === kind && known.scope === scope))
      found.push({ kind, scope, basis, evidence: [tool.name] });
  };
  const parameters = parameterNames(tool);
  for (const parameter of parameters) {
    if (isSecretName(parameter)) add('secrets', 'given by the model as an argument');
  }
  if (ENVIRONMENT.test(`${tool.name} ${(tool.description ?? '').slice(0, HEAD_CHARS)}`))
    add('secrets', 'environment variables of the server');
  const power = powerOf(tool);
  const { readOnlyHint, destructiveHint } = tool.annotations ?? {};
  if (power === 'sql') {
    add('read', 'databases');
    if (readOnlyHint !== true && !READ_ONLY_SQL.test(`${tool.name} ${tool.description ?? ''}`))
      add('change', 'databases');
    return found;
  }
  if (power !== null) {
    add('run-code', SCOPE_OF_POWER[power]);
    return found;
  }

  const scope = scopeOf(tool, parameters, `data of ${service}`);
  const kinds = kindsOf(tool);
  if (readOnlyHint === true) {
    add('read', scope, 'declared');
    if (kinds.includes('send-out') && !kinds.includes('read')) add('send-out', sendScope(scope, service));
    return found;
  }
  for (const kind of kinds) add(kind, kind === 'send-out' ? sendScope(scope, service) : scope);
  if (destructiveHint === true) {
    const known = found.find(({ kind }) => kind === 'change');
    if (known === undefined) add('change', scope, 'declared');
    else known.basis = 'declared';
  }
  if (scope === 'web pages' && parameters.some((name) => URL_PARAMETER.test(name)))
    add('send-out', 'the web addresses you name');
  return found;
}

/** By the first verb of the name, else by the first verb of the description, else reading. */
function kindsOf(tool: ToolDefinition): readonly PermissionKind[] {
  for (const word of nameWords(tool.name)) {
    const kinds = kindsOfVerb(word);
    if (kinds.length > 0) return kinds;
  }
  for (const word of nameWords((tool.description ?? '').slice(0, HEAD_CHARS)).slice(0, 6)) {
    const kinds = kindsOfVerb(word);
    if (kinds.length > 0) return kinds;
  }
  return ['read'];
}

/** Where something goes: by mail, into chats and the like, else to the service. */
const sendScope = (scope: string, service: string): string => (SENT_BY_NAME.has(scope) ? scope : service);

function scopeOf(tool: ToolDefinition, parameters: readonly string[], fallback: string): string {
  const scope =
    scopeOfWords(nameWords(tool.name)) ??
    (parameters.some((name) => URL_PARAMETER.test(name)) ? 'web pages' : fallback);
  const takesPath = parameters.some((name) => PATH_PARAMETER.test(name));
  return scope === 'files' && takesPath ? 'files in the directories you name' : scope;
}

function parameterNames(tool: ToolDefinition): string[] {
  const properties = tool.inputSchema?.properties;
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? Object.keys(properties).slice(0, 200)
    : [];
}
