/** An encoded span of a text and what it says. */
export type Decoded = { start: number; end: number; text: string };

const BASE64 = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{24,8192}={0,2}(?![A-Za-z0-9+/_=-])/g;
const HEX = /(?<![A-Za-z0-9])(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){16,4096}(?![A-Za-z0-9])/g;
const PERCENT = /(?:[\w.~+-]{0,16}%[0-9a-fA-F]{2}){4,512}[\w.~+-]{0,16}/g;
const ENTITY = /&(?:#\d{2,6}|#x[0-9a-f]{2,6}|lt|gt|amp|quot|apos|nbsp);/gi;
const ESCAPE = /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}){4,512}/g;
/** `i g n o r e`: single letters, each behind one blank, dot, dash or underscore. */
const SPACED = /(?<![\p{L}\p{N}])(?:\p{L}[ ._-]){4,80}\p{L}(?![\p{L}\p{N}])/gu;
/** The same with two or more blanks between words, so that short words can be joined too. */
const SPACED_WORDS = /(?<![\p{L}\p{N}])(?:\p{L} ){0,40}\p{L}(?: {2,4}(?:\p{L} ){0,40}\p{L}){2,80}(?![\p{L}\p{N}])/gu;
/** Common English words backwards and after ROT13: two different ones give the text away. */
const BACKWARDS = /\b(?:eht|dna|ton|resu|uoy|llet|morf|siht|erofeb|noitcurtsni|t'nod)\b/gi;
const ROT13 = /\b(?:gur|naq|abg|lbh|hfre|sebz|guvf|jvgu|sbe|fraq|ernq)\b/gi;
/** Digits for letters inside a word, `1gn0r3`; three such words are more than names and versions. */
const LEET = /\b(?:[a-z]{1,12}[013457]|[013457]{1,2}[a-z])[a-z013457]{1,12}\b/gi;
const LEET_DIGITS: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' };
const MIN_LEET_WORDS = 3;
const MAX_SPANS = 10;
const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\n\r\t]+$/u;
const MIN_READABLE = 12;
/** Nobody writes letters as escapes but to hide them. */
const MIN_ESCAPED = 6;

/**
 * What the encoded spans of a text say, one level deep: base64 and base64url, hexadecimal, percent and backslash escapes;
 * entities, letters spaced out, words backwards, ROT13 and digits
 * for letters for the whole text at once. Spans that do not decode to readable text are left out.
 */
export function decodedSpans(text: string): Decoded[] {
  const found: Decoded[] = [];
  const collect = (pattern: RegExp, decode: (encoded: string) => string | null, least = MIN_READABLE) => {
    let count = 0;
    for (const { 0: encoded, index } of text.matchAll(pattern)) {
      if (++count > MAX_SPANS) break;
      const decoded = decode(encoded);
      if (decoded === null || decoded.length < least || decoded === encoded || !READABLE.test(decoded)) continue;
      found.push({ start: index, end: index + encoded.length, text: decoded });
    }
  };
  if (text.length >= 24) {
    collect(BASE64, (encoded) => utf8(Buffer.from(encoded, /[-_]/.test(encoded) ? 'base64url' : 'base64')));
    collect(HEX, (encoded) => utf8(Buffer.from(encoded.replace(/^0x|[ :]/g, ''), 'hex')));
  }
  if (text.includes('%')) collect(PERCENT, percentDecoded);
  if (text.includes('\\'))
    collect(
      ESCAPE,
      (encoded) =>
        encoded.replace(/\\[ux]([0-9a-fA-F]+)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      MIN_ESCAPED,
    );
  const whole = (decoded: string) => {
    if (decoded !== text) found.push({ start: 0, end: text.length, text: decoded });
  };
  if (countOf(text, BACKWARDS) >= 2) whole([...text].reverse().join(''));
  if (countOf(text, ROT13) >= 2) whole(text.replace(/[a-z]/gi, rotated));
  if (/[a-z][013457][a-z]/i.test(text) && countOf(text, LEET) >= MIN_LEET_WORDS)
    whole(text.replace(LEET, (word) => word.replace(/[013457]/g, (digit) => LEET_DIGITS[digit] ?? digit)));
  if (/\p{L} \p{L} {2,4}\p{L} /u.test(text))
    whole(text.replace(SPACED_WORDS, (words) => words.replace(/(?<! ) (?! )/g, '').replace(/ {2,}/g, ' ')));
  const joined = text.replace(SPACED, (letters) => letters.replace(/[ ._-]/g, ''));
  if (joined !== text) found.push({ start: 0, end: text.length, text: joined });
  if (text.includes('&')) {
    const decoded = text.replace(ENTITY, decodeEntity);
    if (decoded !== text) found.push({ start: 0, end: text.length, text: decoded });
  }
  return found;
}

/** Different matches, capitals aside; enough to tell, no need to count on. */
function countOf(text: string, pattern: RegExp): number {
  const found = new Set<string>();
  for (const [word] of text.matchAll(pattern)) {
    found.add(word.toLowerCase());
    if (found.size >= MIN_LEET_WORDS) break;
  }
  return found.size;
}

function rotated(letter: string): string {
  const base = letter <= 'Z' ? 65 : 97;
  return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function percentDecoded(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

function decodeEntity(entity: string): string {
  const name = entity.slice(1, -1).toLowerCase();
  if (!name.startsWith('#')) return ENTITIES[name] ?? entity;
  const cp = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return cp > 0 && cp <= 0x10ffff ? String.fromCodePoint(cp) : entity;
}
