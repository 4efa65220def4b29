import type { IssueReport } from '../issue-report.ts';
import { objectOf, objectsOf, textOf } from '../json-object.ts';
import { type JsonPath, quoteText } from '../json-path.ts';
import type { JsonObject } from '../types.ts';

/** Names of environment variables as programs use them: dots and hyphens beside what shells can set (POSIX, XBD §8.1). */
export const ENVIRONMENT_VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** RFC 9110 §5.6.2 `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

// Narrower than what URLs may mention: values are often JSON or shell text, where most braces mean no variable.
const VALUE_VARIABLE = /\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g;

export function checkArguments(owner: JsonObject, key: string, path: JsonPath, report: IssueReport): void {
  for (const [index, argument] of objectsOf(owner, key)) {
    const at = [...path, key, index];
    const type = textOf(argument, 'type');
    if (type === 'named') checkNamedArgument(argument, at, report);
    else if (type === 'positional') checkPositionalArgument(argument, at, report);
    else if (type !== undefined) {
      report.add('invalid-argument-type', [...at, 'type'], `${quoteText(type)} is not a type of argument`);
    }
    checkInput(argument, at, report);
  }
}

function checkNamedArgument(argument: JsonObject, path: JsonPath, report: IssueReport): void {
  const name = textOf(argument, 'name') ?? '';
  if (name === '') {
    report.add('named-argument-name-required', [...path, 'name'], 'The argument has no name');
    return;
  }
  if (/[<>$\s]/.test(name)) {
    report.add('invalid-named-argument-name', [...path, 'name'], `${quoteText(name)} is not the name of an argument`);
  }
  for (const key of ['value', 'default'] as const) {
    const text = textOf(argument, key);
    if (!text?.startsWith(name)) continue;
    report.add(`argument-${key}-starts-with-name`, [...path, key], `The ${key} starts with ${quoteText(name)}`);
  }
}

function checkPositionalArgument(argument: JsonObject, path: JsonPath, report: IssueReport): void {
  if (Object.hasOwn(argument, 'value') || Object.hasOwn(argument, 'valueHint')) return;
  report.add('positional-argument-value-required', path, 'The argument has neither value nor valueHint');
}

export function checkEnvironment(owner: JsonObject, path: JsonPath, report: IssueReport): void {
  const seen = new Set<string>();
  for (const [index, variable] of objectsOf(owner, 'environmentVariables')) {
    const at = [...path, 'environmentVariables', index];
    const name = textOf(variable, 'name');
    if (name !== undefined) {
      if (!ENVIRONMENT_VARIABLE_NAME.test(name)) {
        report.add(
          'invalid-environment-variable-name',
          [...at, 'name'],
          `${quoteText(name)} is not the name of a variable`,
        );
      } else if (seen.has(name)) {
        report.add('duplicate-environment-variable', [...at, 'name'], `${quoteText(name)} is listed before`);
      }
      seen.add(name);
    }
    checkInput(variable, at, report);
  }
}

export function checkHeaders(transport: JsonObject, path: JsonPath, report: IssueReport): void {
  for (const [index, header] of objectsOf(transport, 'headers')) {
    const at = [...path, 'headers', index];
    const name = textOf(header, 'name');
    if (name !== undefined && !HEADER_NAME.test(name)) {
      report.add('invalid-header-name', [...at, 'name'], `${quoteText(name)} is not the name of a header`);
    }
    for (const key of ['value', 'default'] as const) {
      const text = textOf(header, key);
      if (text === undefined || !/\p{Cc}/u.test(text)) continue;
      report.add('invalid-header-value', [...at, key], `The ${key} contains a control character`);
    }
    checkInput(header, at, report);
  }
}

/** What holds for every input: its default is one of its choices, and its value mentions defined variables only. */
function checkInput(input: JsonObject, path: JsonPath, report: IssueReport): void {
  const { choices } = input;
  const fallback = textOf(input, 'default');
  if (fallback !== undefined && Array.isArray(choices) && choices.length > 0 && !choices.includes(fallback)) {
    report.add('default-not-in-choices', [...path, 'default'], `${quoteText(fallback)} is not among the choices`);
  }
  const variables = objectOf(input, 'variables') ?? {};
  const mentioned = new Set(Array.from((textOf(input, 'value') ?? '').matchAll(VALUE_VARIABLE), ([, name]) => name!));
  for (const name of mentioned) {
    if (report.isFull) return;
    if (Object.hasOwn(variables, name)) continue;
    const problem = `The value mentions {${name}}, which "variables" does not define`;
    report.add('unresolved-template-variable', [...path, 'value'], problem);
  }
}
