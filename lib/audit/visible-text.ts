import { INVISIBLE_CHARACTERS } from '#lib/manifest/invisible-characters.ts';

/**
 * Text that somebody else wrote, on one line, for places that take only plain text: a mail, a spreadsheet, a feed reader.
 * Line breaks become spaces; what shows nothing, or turns the direction of its neighbours, is written out. Lone
 * surrogates, which no encoding takes, become U+FFFD.
 */
export const visibleText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\r\n\t]+/g, ' ')
    .replace(INVISIBLE_CHARACTERS, (character) => `⟨U+${hexOf(character)}⟩`);

const hexOf = (character: string) => character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
