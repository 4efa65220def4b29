import type { ToolDefinition } from '#lib/manifest/types.ts';
import { nameWords } from '../manifest-inputs.ts';

export type Power = 'shell' | 'code' | 'sql';

const RUNS: ReadonlySet<string> = new Set('run execute exec eval evaluate invoke launch start spawn do'.split(' '));
const SHELL_NOUNS: ReadonlySet<string> = new Set(
  'command commands cmd shell bash terminal powershell process subprocess cli script'.split(' '),
);
const CODE_NOUNS: ReadonlySet<string> = new Set(
  'code script python javascript js node ruby php lua notebook cell snippet expression jupyter repl'.split(' '),
);
const SQL_NOUNS: ReadonlySet<string> = new Set('sql statement query queries'.split(' '));
/** Names that say it alone. */
const SHELL_NAMES: ReadonlySet<string> = new Set('bash shell terminal cmd powershell exec'.split(' '));

const SHELL_TEXT = /\b(?:shell|bash|terminal|command[- ]line|powershell|zsh|subprocess)\b/i;
const RUNS_TEXT = /\b(?:runs?|execut(?:es?|ing)|invokes?|spawns?|launch(?:es)?|starts?)\b/i;
const SQL_TEXT = /\bSQL\b/;
const NEGATED = /\b(?:does not|doesn't|cannot|never|without)\s+(?:run|execut\w*)/i;

/** What running power a tool has by its name, description and parameters; null when none is seen. */
export function powerOf(tool: ToolDefinition): Power | null {
  const words = nameWords(tool.name);
  const description = (tool.description ?? '').slice(0, 2_000);
  if (NEGATED.test(description)) return null;
  const parameters = new Set(Object.keys(objectAt(tool.inputSchema, 'properties')).map((name) => name.toLowerCase()));
  const runs = words.some((word) => RUNS.has(word));
  const takes = (...names: string[]) => names.some((name) => parameters.has(name));

  if (
    takes('sql', 'statement', 'sql_query', 'sqlquery', 'raw_sql', 'sql_statement', 'cypher', 'cypher_query') ||
    (runs && words.some((word) => SQL_NOUNS.has(word)) && (takes('query', 'queries') || parameters.size === 0)) ||
    (takes('query') && SQL_TEXT.test(description) && RUNS_TEXT.test(description))
  ) {
    return 'sql';
  }
  const takesCommand = takes(
    'command',
    'cmd',
    'commands',
    'command_line',
    'commandline',
    'shell_command',
    'bash_command',
  );
  if (words.length === 1 && SHELL_NAMES.has(words[0] as string)) return 'shell';
  if (
    takesCommand &&
    (SHELL_TEXT.test(description) || SHELL_TEXT.test(tool.name)) &&
    (runs || RUNS_TEXT.test(description))
  )
    return 'shell';
  if (runs && words.some((word) => SHELL_NOUNS.has(word)) && (takesCommand || SHELL_TEXT.test(description)))
    return 'shell';
  const takesCode = takes('code', 'script', 'source', 'source_code', 'expression', 'function', 'javascript', 'python');
  if (
    takesCode &&
    (runs || words.includes('eval')) &&
    (words.some((word) => CODE_NOUNS.has(word)) || RUNS_TEXT.test(description))
  )
    return 'code';
  return null;
}

function objectAt(value: unknown, key: string): Record<string, unknown> {
  const child = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof child === 'object' && child !== null && !Array.isArray(child) ? (child as Record<string, unknown>) : {};
}
