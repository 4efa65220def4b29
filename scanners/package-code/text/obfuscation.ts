type Found = { s: number; e: number; says: string };

const MIN_NAMES = 20;
const MIN_ESCAPES = 300;

/** The marks of an obfuscator, or null. Minified code has none of them. */
export function obfuscationIn(path: string, text: string): Found | null {
  return obfuscatorNames(text) ?? escapedTexts(text) ?? bracketsOnly(path, text);
}

/** javascript-obfuscator and its kin name everything `_0x` and a number in hex. */
function obfuscatorNames(text: string): Found | null {
  const names = new Set<string>();
  let first: Found | null = null;
  for (const match of text.matchAll(/\b_0x[0-9a-f]{3,8}\b/g)) {
    first ??= { s: match.index, e: match.index + match[0].length, says: 'Its names are those of an obfuscator' };
    names.add(match[0]);
    if (names.size >= MIN_NAMES) return first;
  }
  return null;
}

/** Letters and digits written as escapes; tables of bytes have mostly others. */
function escapedTexts(text: string): Found | null {
  let count = 0;
  let escapes = 0;
  let first = -1;
  for (const match of text.matchAll(/\\(?:x|u00)([0-9a-fA-F]{2})/g)) {
    escapes++;
    const code = Number.parseInt(match[1] as string, 16);
    const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
    if (!isLetter) continue;
    if (first === -1) first = match.index;
    count++;
  }
  if (count < MIN_ESCAPES || count < escapes * 0.6 || count * 4 < text.length * 0.05) return null;
  return { s: first, e: first + 4, says: 'Its texts are written as escapes, letter by letter' };
}

/** A program of `[]()!+` alone runs like any other. */
function bracketsOnly(path: string, text: string): Found | null {
  if (!/\.[cm]?js$/.test(path) || text.length < 1_000) return null;
  const start = text.slice(0, 20_000);
  const rest = start.replace(/[[\]()!+\s;]/g, '').length;
  return rest < start.length * 0.02 ? { s: 0, e: 40, says: 'It is written with brackets alone' } : null;
}
