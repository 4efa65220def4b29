/** Messages written in characters that take no room: what they say, or null when they say nothing readable. */

const MIN_LETTERS = 2;
const READABLE = /^[\x20-\x7e\n\r\t]+$/;
const READABLE_UNICODE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\n\r\t]+$/u;

/** Tag characters repeat ASCII at U+E0000 (Unicode, Tags block). */
export function decodeTags(run: string): string | null {
  let text = '';
  for (const character of run) {
    const ascii = (character.codePointAt(0) as number) - 0xe0000;
    if (ascii >= 0x20 && ascii < 0x7f) text += String.fromCharCode(ascii);
  }
  return text.length >= MIN_LETTERS ? text : null;
}

/** Selectors 1–256 carry one byte each: U+FE00… are 0–15, U+E0100… are 16–255. The bytes are read as UTF-8. */
export function decodeVariationSelectors(run: string): string | null {
  const bytes: number[] = [];
  for (const character of run) {
    const cp = character.codePointAt(0) as number;
    if (cp >= 0xfe00 && cp <= 0xfe0f) bytes.push(cp - 0xfe00);
    else if (cp >= 0xe0100 && cp <= 0xe01ef) bytes.push(cp - 0xe0100 + 16);
  }
  return readableUtf8(bytes);
}

/** Two kinds of zero-width characters as the bits of bytes, either way round, in groups of eight or seven. */
export function decodeZeroWidthBits(run: string): string | null {
  const counts = new Map<string, number>();
  for (const character of run) counts.set(character, (counts.get(character) ?? 0) + 1);
  const [zero, one] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([character]) => character);
  if (zero === undefined || one === undefined) return null;
  const bits = [...run].filter((character) => character === zero || character === one);
  for (const bitOne of [one, zero]) {
    for (const size of [8, 7]) {
      const text = readableUtf8(
        bytesOf(
          bits.map((bit) => (bit === bitOne ? 1 : 0)),
          size,
        ),
      );
      if (text !== null) return text;
    }
  }
  return null;
}

function bytesOf(bits: number[], size: number): number[] {
  const bytes: number[] = [];
  for (let i = 0; i + size <= bits.length; i += size) {
    bytes.push(bits.slice(i, i + size).reduce((byte, bit) => byte * 2 + bit, 0));
  }
  return bytes;
}

function readableUtf8(bytes: number[]): string | null {
  if (bytes.length < MIN_LETTERS) return null;
  if (bytes.every((byte) => byte < 0x80)) {
    const ascii = String.fromCharCode(...bytes.slice(0, 32_768));
    return READABLE.test(ascii) ? ascii : null;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    return READABLE_UNICODE.test(text) ? text : null;
  } catch {
    return null;
  }
}
