import type { Argument, Input, InputWithVariables, KeyValueInput } from '#lib/manifest/types.ts';
import { SANDBOX_SCRATCH } from '../sandbox/command.ts';

const MAX_VALUE = 4_096;

/**
 * Harmless values by what a name or hint asks for; the first match counts. Names below `.invalid` never resolve (RFC
 * 2606), and the directory is empty and inside the sandbox.
 */
const BY_HINT: readonly { hint: RegExp; value: string }[] = [
  { hint: /mysql|mariadb/i, value: 'mysql://placeholder:placeholder@example.invalid:3306/placeholder' },
  { hint: /mongo/i, value: 'mongodb://placeholder:placeholder@example.invalid:27017/placeholder' },
  { hint: /redis/i, value: 'redis://example.invalid:6379' },
  {
    hint: /postgres|pg_?(url|uri|dsn|connection)|database_?(url|uri)|(^|_)db_?(url|uri)/i,
    value: 'postgresql://placeholder:placeholder@example.invalid:5432/placeholder',
  },
  { hint: /e-?mail/i, value: 'nobody@example.invalid' },
  {
    hint: /\b(url|uri|endpoint)\b|(url|uri|endpoint|webhook)s?$|_(url|uri|endpoint)(_|$)|base_?url/i,
    value: 'https://example.invalid',
  },
  { hint: /(^|[_\W])port$/i, value: '8080' },
  { hint: /(^|[_\W])(host(name)?|domain|server)$/i, value: 'example.invalid' },
  {
    hint: /(^|[_\W])(dir(ectory)?|directories|folders?|path|paths|root|workspace|vault|cwd)($|[_\W])/i,
    value: SANDBOX_SCRATCH,
  },
];

export const PLACEHOLDER = 'placeholder';
/** For servers that look at how long a key is. */
export const LONG_PLACEHOLDER = 'placeholder-0123456789abcdef0123456789abcdef';
/** An example rather than words about one: no spaces, no angle brackets. */
const EXAMPLE = /^[\x21-\x3b\x3d\x3f-\x7e]{1,200}$/;

/** A harmless value for an input that only a user can give, by its format and then by its name. Never a real secret. */
export function placeholderFor(input: Input, name: string): string {
  if (input.choices?.[0] !== undefined) return input.choices[0];
  if (input.format === 'filepath') return SANDBOX_SCRATCH;
  if (input.format === 'boolean') return 'true';
  const hinted = BY_HINT.find(({ hint }) => hint.test(name))?.value;
  if (input.format === 'number') return hinted !== undefined && /^\d+$/.test(hinted) ? hinted : '1';
  // A path of somebody's machine is not in the sandbox, so a folder of its own is better than the example.
  const example = input.placeholder;
  if (hinted !== SANDBOX_SCRATCH && example !== undefined && EXAMPLE.test(example)) return example;
  return hinted ?? PLACEHOLDER;
}

/** What an input becomes; `isPlaceholder` says that we made it up. Null: optional and without a value of its own. */
export type FilledInput = { value: string; isPlaceholder: boolean };

/**
 * The value of an input: the manifest's fixed value with its variables filled in, else its default, else a placeholder
 * where it is required (or `fillAll` is set, which makes secrets long). Values longer than 4,096 characters are cut.
 */
export function fillInput(input: InputWithVariables, name: string, fillAll = false): FilledInput | null {
  if (input.value !== undefined) return fillVariables(input.value, input.variables ?? {});
  if (input.default !== undefined) return { value: input.default.slice(0, MAX_VALUE), isPlaceholder: false };
  if (!input.isRequired && !fillAll) return null;
  const value = placeholderFor(input, name);
  const isLong = fillAll && input.isSecret === true && value === PLACEHOLDER;
  return { value: isLong ? LONG_PLACEHOLDER : value, isPlaceholder: true };
}

function fillVariables(template: string, variables: Record<string, Input>): FilledInput {
  let isPlaceholder = false;
  const value = template.replace(/\{([^{}]{1,200})\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable === undefined) return whole;
    const filled = variable.value ?? variable.default;
    if (filled !== undefined) return filled;
    isPlaceholder = true;
    return placeholderFor(variable, name);
  });
  return { value: value.slice(0, MAX_VALUE), isPlaceholder };
}

/** A name for an argument, for hints and for the report. */
export function argumentName(argument: Argument, index: number): string {
  if (argument.type === 'named') return argument.name;
  return argument.valueHint ?? argument.description?.slice(0, 80) ?? `argument ${index + 1}`;
}

/** Whether an input can only come from a user: required, and neither fixed nor with a default. */
export function asksUser(input: InputWithVariables | KeyValueInput): boolean {
  if (input.value === undefined) return input.isRequired === true && input.default === undefined;
  return Object.values(input.variables ?? {}).some(
    (variable) => variable.isRequired === true && variable.value === undefined && variable.default === undefined,
  );
}
