/**
 * Which characters can hide something. Ranges are those of Unicode 17: Default_Ignorable_Code_Point
 * (DerivedCoreProperties.txt), Bidi_Control (PropList.txt), and the Tags and Variation Selectors blocks.
 */

/** Anything that a quick look must hand to the slow path: not printable ASCII, tab, line feed, or carriage return. */
export const UNUSUAL = /[^\x20-\x7e\t\n\r]/;

export const isTagCharacter = (cp: number): boolean => cp >= 0xe0000 && cp <= 0xe007f;

export const isVariationSelector = (cp: number): boolean =>
  (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef) || (cp >= 0x180b && cp <= 0x180d) || cp === 0x180f;

/** Bidi_Control=Yes: marks, embeddings, overrides and isolates. */
export const isBidiControl = (cp: number): boolean =>
  cp === 0x061c || cp === 0x200e || cp === 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);

/** Takes no room in any script, apart from tags, selectors and bidi controls. */
export const isZeroWidth = (cp: number): boolean =>
  (cp >= 0x200b && cp <= 0x200d) ||
  (cp >= 0x2060 && cp <= 0x2065) ||
  (cp >= 0x206a && cp <= 0x206f) ||
  cp === 0xfeff ||
  cp === 0x00ad ||
  cp === 0x034f ||
  cp === 0x115f ||
  cp === 0x1160 ||
  cp === 0x17b4 ||
  cp === 0x17b5 ||
  cp === 0x180e ||
  cp === 0x3164 ||
  cp === 0xffa0 ||
  (cp >= 0xfff9 && cp <= 0xfffb) ||
  (cp >= 0x1bca0 && cp <= 0x1bca3) ||
  (cp >= 0x1d173 && cp <= 0x1d17a) ||
  (cp >= 0xe0080 && cp <= 0xe00ff) ||
  (cp >= 0xe01f0 && cp <= 0xe0fff);

/** Not seen by a reader, but read by a model. */
export const isInvisible = (cp: number): boolean =>
  isZeroWidth(cp) || isBidiControl(cp) || isVariationSelector(cp) || isTagCharacter(cp);

/** C0 and C1 controls and DEL, without tab, line feed and carriage return. */
export const isControl = (cp: number): boolean =>
  (cp < 0x20 && cp !== 0x09 && cp !== 0x0a && cp !== 0x0d) || (cp >= 0x7f && cp <= 0x9f);

/** `U+200B` */
export const codePointLabel = (cp: number): string => `U+${cp.toString(16).toUpperCase().padStart(4, '0')}`;

/** Common names, for messages; others are shown by their code point alone. */
const NAMES: Record<number, string> = {
  173: 'soft hyphen',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'pop directional formatting',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8288: 'word joiner',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'pop directional isolate',
  10240: 'braille blank',
  12644: 'hangul filler',
  65279: 'byte order mark',
};

/** `U+200B zero width space` */
export function describeCodePoint(cp: number): string {
  const name =
    NAMES[cp] ?? (isTagCharacter(cp) ? 'tag character' : isVariationSelector(cp) ? 'variation selector' : '');
  return name === '' ? codePointLabel(cp) : `${codePointLabel(cp)} ${name}`;
}
