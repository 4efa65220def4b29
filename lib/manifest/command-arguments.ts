import { fixedText, type PlaceholderList, type TemplatePart, valueParts } from './command-template.ts';
import type { Argument, NamedArgument, PositionalArgument } from './types.ts';

/** An argument that waits for values. `flag`, where there is one, goes before it as an argument of its own. */
export type ArgumentTemplate = { flag: string | null; parts: TemplatePart[]; isRepeated: boolean };
export type CommandArgument = string | ArgumentTemplate;

/**
 * How a flag and its value are written. `joined` (`--flag=value`) binds the value to the flag whatever the flag is, so that
 * no value can become an argument of its own to a runtime. `separate` (`--flag value`) is what clients give to packages.
 */
export type FlagStyle = 'joined' | 'separate';

/** Arguments of a manifest as arguments of a process, in their order. */
export function commandArguments(
  args: readonly Argument[],
  style: FlagStyle,
  placeholders: PlaceholderList,
): CommandArgument[] {
  return args.flatMap((argument) =>
    argument.type === 'named'
      ? namedArgument(argument, style, placeholders)
      : positionalArgument(argument, placeholders),
  );
}

function positionalArgument(argument: PositionalArgument, placeholders: PlaceholderList): CommandArgument[] {
  const isRepeated = argument.isRepeated ?? false;
  if (argument.value !== undefined) {
    return template(null, valueParts(argument, argument.value, placeholders), isRepeated);
  }
  const label = argument.valueHint ?? 'argument';
  return template(null, [placeholders.add(label, argument, { isRepeated })], isRepeated);
}

function namedArgument(argument: NamedArgument, style: FlagStyle, placeholders: PlaceholderList): CommandArgument[] {
  const isRepeated = argument.isRepeated ?? false;
  if (argument.value === undefined && isBareFlag(argument)) return [argument.name];
  const value =
    argument.value === undefined
      ? [placeholders.add(argument.name, argument, { isRepeated })]
      : valueParts(argument, argument.value, placeholders);
  return style === 'joined'
    ? template(null, [`${argument.name}=`, ...value], isRepeated)
    : template(argument.name, value, isRepeated);
}

/** A named argument about whose value nothing is said takes none: `--verbose`. */
function isBareFlag(argument: NamedArgument): boolean {
  const saysNothing = (['description', 'default', 'placeholder', 'choices'] as const).every(
    (key) => argument[key] === undefined,
  );
  return saysNothing && !argument.isSecret && (argument.format === undefined || argument.format === 'boolean');
}

function template(flag: string | null, parts: TemplatePart[], isRepeated: boolean): CommandArgument[] {
  const text = fixedText(parts);
  if (text === null) return [{ flag, parts, isRepeated }];
  return flag === null ? [text] : [flag, text];
}
