import { INVISIBLE_CHARACTERS } from './invisible-characters.ts';

export type PathSegment = string | number;
export type JsonPath = readonly PathSegment[];

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
// A key may be a megabyte long; a path made of such keys must stay short enough to report hundreds of times.
const MAX_KEY_LENGTH = 80;

/**
 * The path of a value in the form `packages[0].transport.url`; empty for the document itself. A key that is not a plain
 * identifier is quoted: `_meta["com.example/x"]`.
 */
export function formatPath(path: JsonPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (PLAIN_KEY.test(segment) && segment.length <= MAX_KEY_LENGTH) text += text === '' ? segment : `.${segment}`;
    else text += `[${quoteText(segment)}]`;
  }
  return text;
}

/**
 * A hostile text made fit for a message: in double quotes, at most `maxLength` characters, with control, invisible and
 * direction-changing characters written as escapes.
 */
export function quoteText(text: string, maxLength = MAX_KEY_LENGTH): string {
  const shown = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return JSON.stringify(shown.toWellFormed()).replace(INVISIBLE_CHARACTERS, escapeCharacter);
}

/** The name of a code point as standards write it: `U+202E`. */
export function codePointName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
}
