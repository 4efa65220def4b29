/**
 * A Cedar string literal with exactly this text. Quotes, backslashes, controls and whatever is not printable ASCII are written as
 * escapes, so that no text can end the literal and none hides in it.
 */
export const cedarString = (text: string): string =>
  `"${[...text.toWellFormed()]
    .map((character) => {
      if (character === '"' || character === '\\') return `\\${character}`;
      return /[\x20-\x7e]|[\p{L}\p{N}’]/u.test(character)
        ? character
        : `\\u{${character.codePointAt(0)!.toString(16)}}`;
    })
    .join('')}"`;

/** A Cedar set of strings from a list parameter. */
export const cedarSet = (list: string): string => `[${splitList(list).map(cedarString).join(', ')}]`;

/** The parts of a list parameter: between commas, semicolons and line ends. */
export const splitList = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
];
