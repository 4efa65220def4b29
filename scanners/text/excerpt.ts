import { LIMITS } from '../limits.ts';
import type { Evidence } from '../types.ts';
import { codePointLabel, isControl, isInvisible, isTagCharacter, isVariationSelector } from './characters.ts';

/**
 * The evidence for `original.slice(start, end)`: the span with some text around it, invisible and control characters written
 * as ⟨U+200B⟩, long runs of them or of white space as ⟨12 tag characters⟩, line feeds as ⏎. Cut ends are marked with ….
 */
export function evidenceOf(original: string, start: number, end: number, decoded?: string): Evidence {
  const from = onCodePoint(original, Math.max(0, start - LIMITS.excerptContext));
  const to = onCodePoint(original, Math.min(original.length, end + LIMITS.excerptContext));
  const before = (from > 0 ? '…' : '') + makeVisible(original.slice(from, start));
  const span = shortened(makeVisible(original.slice(start, end)));
  const after = makeVisible(original.slice(end, to)) + (to < original.length ? '…' : '');
  const evidence: Evidence = { excerpt: before + span + after, start: before.length, end: before.length + span.length };
  if (decoded !== undefined) evidence.decoded = decoded.slice(0, LIMITS.decodedChars);
  return evidence;
}

const LONG_RUN = 8;

/** The text as it may be shown: one line, nothing invisible in it. */
export function makeVisible(text: string): string {
  let visible = '';
  for (let i = 0; i < text.length; ) {
    const cp = text.codePointAt(i) as number;
    const name = runName(cp);
    if (name === null) {
      visible += isLoneSurrogate(cp) ? `⟨${codePointLabel(cp)}⟩` : String.fromCodePoint(cp);
      i += cp > 0xffff ? 2 : 1;
      continue;
    }
    let count = 0;
    let next = i;
    while (next < text.length) {
      const following = text.codePointAt(next) as number;
      if (runName(following) !== name) break;
      count++;
      next += following > 0xffff ? 2 : 1;
    }
    if (count >= LONG_RUN) visible += `⟨${count} ${name}⟩`;
    else if (count === 1 && isEmojiPresentation(cp)) visible += String.fromCodePoint(cp);
    else visible += [...text.slice(i, next)].map(visibleCharacter).join('');
    i = next;
  }
  return visible;
}

function runName(cp: number): string | null {
  if (cp === 0x20 || cp === 0x09) return 'spaces';
  if (cp === 0x0a || cp === 0x0d) return 'line breaks';
  if (isTagCharacter(cp)) return 'tag characters';
  if (isVariationSelector(cp)) return 'variation selectors';
  if (isInvisible(cp)) return 'invisible characters';
  return isControl(cp) ? 'control characters' : null;
}

function visibleCharacter(character: string): string {
  if (character === ' ' || character === '\t') return ' ';
  if (character === '\n') return '⏎';
  if (character === '\r') return '';
  return `⟨${codePointLabel(character.codePointAt(0) as number)}⟩`;
}

/** One selector after a symbol chooses its form, as in ⚠️; it is ordinary typing. */
const isEmojiPresentation = (cp: number): boolean => cp === 0xfe0e || cp === 0xfe0f;

const isLoneSurrogate = (cp: number): boolean => cp >= 0xd800 && cp <= 0xdfff;

function shortened(span: string): string {
  if (span.length <= LIMITS.excerptSpan) return span;
  const tail = Math.floor(LIMITS.excerptSpan / 4);
  const head = onCodePoint(span, LIMITS.excerptSpan - tail);
  return `${span.slice(0, head)}…${span.slice(onCodePoint(span, span.length - tail))}`;
}

/** `at`, moved back by one if it would fall inside a surrogate pair. */
function onCodePoint(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
