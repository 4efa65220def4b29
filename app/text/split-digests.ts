export type DigestPart = { kind: 'text'; text: string } | { kind: 'digest'; algorithm: string; hex: string };

const DIGEST = /\b(sha256|sha384|sha512):([0-9a-f]{64,128})\b/g;

/** A text with its digests apart; put together again it is the same text. */
export function splitDigests(text: string): DigestPart[] {
  const parts: DigestPart[] = [];
  let end = 0;
  for (const match of text.matchAll(DIGEST)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push({ kind: 'digest', algorithm: match[1]!, hex: match[2]! });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
