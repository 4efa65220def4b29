import type { TemplatePart } from './command-template.ts';
import type { PackageCommand } from './install-command.ts';

export type FilledCommand =
  | { ok: true; command: string; args: string[]; env: Record<string, string> }
  | {
      ok: false;
      /** Ids of placeholders and names of variables that are required and have no value. */
      missing: string[];
    };

/**
 * A command with the user's values in their places, ready for `spawn` without a shell. `values` maps placeholder ids and
 * the names of environment variables to texts, and repeated placeholders also to lists. Defaults fill in for values that
 * are not given; optional arguments without either are left out.
 */
export function fillCommand(
  command: PackageCommand,
  values: Readonly<Record<string, string | readonly string[]>>,
): FilledCommand {
  const defaults = new Map(command.placeholders.map((one) => [one.id, one.default]));
  const valuesOf = (id: string): readonly string[] => {
    const given = Object.hasOwn(values, id) ? values[id] : defaults.get(id);
    return given === null || given === undefined ? [] : typeof given === 'string' ? [given] : given;
  };
  const fill = (parts: readonly TemplatePart[]): string | null => {
    const texts = parts.map((part) => (typeof part === 'string' ? part : valuesOf(part.placeholder)[0]));
    return texts.includes(undefined) ? null : texts.join('');
  };

  const missing = new Set(
    command.placeholders.filter((one) => one.required && valuesOf(one.id).length === 0).map(({ id }) => id),
  );
  const args = command.template.flatMap((argument) => {
    if (typeof argument === 'string') return [argument];
    const [only, ...others] = argument.parts.filter((part) => typeof part !== 'string');
    const isList = argument.isRepeated && only !== undefined && others.length === 0;
    const texts = isList
      ? valuesOf(only.placeholder).map((value) =>
          argument.parts.map((part) => (typeof part === 'string' ? part : value)).join(''),
        )
      : [fill(argument.parts)].filter((text) => text !== null);
    return texts.flatMap((text) => (argument.flag === null ? [text] : [argument.flag, text]));
  });

  const env: Record<string, string> = {};
  for (const variable of command.env) {
    const given = Object.hasOwn(values, variable.name) ? values[variable.name] : undefined;
    const fixed = typeof variable.value === 'object' ? fill(variable.value) : variable.value;
    const value = variable.value === undefined ? (typeof given === 'string' ? given : variable.default) : fixed;
    if (typeof value === 'string') env[variable.name] = value;
    else if (variable.required && variable.value === undefined) missing.add(variable.name);
  }
  return missing.size > 0 ? { ok: false, missing: [...missing] } : { ok: true, command: command.command, args, env };
}
