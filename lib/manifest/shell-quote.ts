import type { PackageCommand } from './install-command.ts';

// Everything a POSIX shell takes literally. Not in it: ~ and a leading = (zsh expands both), and the empty text.
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Arguments as one line that a person can read and paste into a POSIX shell. For display only: to run a command, give
 * `spawn` the arguments themselves. Control and invisible characters appear as `$'\u…'` escapes, which bash and zsh read.
 */
export function shellQuote(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  if (PLAIN.test(argument)) return argument;
  if (!HIDDEN.test(argument)) return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = Array.from(argument, (character) => {
    if (HIDDEN.test(character)) return String.raw`\U` + character.codePointAt(0)!.toString(16).padStart(8, '0');
    return character === "'" || character === '\\' ? `\\${character}` : character;
  });
  return `$'${escaped.join('')}'`;
}

/** A command for people: the places that wait for a value show their label in angle brackets. */
export function displayArgv({ command, template, placeholders }: PackageCommand): string[] {
  const labels = new Map(placeholders.map(({ id, label }) => [id, label.replace(/^-+/, '')]));
  const args = template.flatMap((argument) => {
    if (typeof argument === 'string') return [argument];
    const text = argument.parts
      .map((part) => (typeof part === 'string' ? part : `<${labels.get(part.placeholder)}>`))
      .join('');
    return argument.flag === null ? [text] : [argument.flag, text];
  });
  return [command, ...args];
}
