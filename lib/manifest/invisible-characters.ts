/**
 * Characters that show nothing or change how their neighbours are shown: controls, format characters (zero width, bidi
 * overrides, tag characters), line and paragraph separators, and letters that are drawn as blanks. Ordinary space is not one.
 */
export const INVISIBLE_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]/gu;

// U+200D joins emoji (family, flags, professions); between pictographs it hides nothing.
const EMOJI_JOINER = /(?<=\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D(?=\p{Extended_Pictographic})/gu;

/** The invisible characters of a text in order of appearance, each once; joiners inside emoji are not counted. */
export function findInvisibleCharacters(text: string): string[] {
  return [...new Set(text.replace(EMOJI_JOINER, '').match(INVISIBLE_CHARACTERS) ?? [])];
}
