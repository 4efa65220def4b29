import type { Call } from '../call.ts';
import type { ArgumentSource, Frame } from '../frame.ts';
import { inspectCodeRun } from './code.ts';
import { inspectCommand } from './command.ts';
import { inspectFile } from './files.ts';
import { inspectRequest } from './network.ts';
import { inspectSql } from './sql.ts';
import { sawCheckOfName, sawNamedArguments } from './watch.ts';

/** Looks at one call with the eyes of every rule. */
export function inspectCall(call: Call, frame: Frame): void {
  inspectSql(call, frame);
  sawCheckOfName(call, frame);
  sawNamedArguments(call, frame);
  inspectCommand(call, frame);
  inspectCodeRun(call, frame);
  inspectFile(call, frame);
  inspectRequest(call, frame);
}

/** `the argument "path" of the tool read_file`, as far as it is known. */
export function saysArgument({ name, tool }: ArgumentSource, frame: Frame): string {
  const argument = name === null ? 'what a model gives' : `the argument "${name}"`;
  const of = toolOf({ tool }, frame);
  return of === null
    ? name === null
      ? argument
      : `${argument} of a tool`
    : `${argument}${name === null ? ' to' : ' of'} the tool ${of}`;
}

export const toolOf = ({ tool }: { tool: string | null }, frame: Frame): string | null => tool ?? frame.tool;

/** Whether an argument, or its tool, says by name that it takes such a thing whole: power that is open, not a fault. */
export const isOpen = (
  { name, tool }: ArgumentSource,
  frame: Frame,
  { argument, tools }: { argument: RegExp; tools?: RegExp },
): boolean => {
  if (name !== null && argument.test(wordsOf(name))) return true;
  const of = toolOf({ tool }, frame);
  return (
    tools !== undefined &&
    of !== null &&
    tools.test(wordsOf(of)) &&
    (name === null || /^(?:args?|input|text|content|value|data|params|options|arguments)$/.test(name))
  );
};

/** `filePath`, `file_path`, `file-path` → `file path`. */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase();
