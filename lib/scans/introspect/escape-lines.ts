import { INVISIBLE_CHARACTERS } from '#lib/manifest/invisible-characters.ts';

const MAX_LINE = 300;

/** The last `count` non-empty lines of a hostile text, cut to 300 characters, invisible characters as `\u{1b}`. */
export function lastLines(text: string, count = 20): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map(escapeLine);
}

/** One line of a hostile text, cut to 300 characters, with invisible characters as `\u{1b}`. */
export function escapeLine(text: string): string {
  const cut = text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text;
  return cut.toWellFormed().replace(INVISIBLE_CHARACTERS, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
