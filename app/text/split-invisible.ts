import { codePointLabel, describeCodePoint, isControl, isInvisible } from '#scanners/text/characters.ts';

export type TextPart =
  | { kind: 'text'; text: string }
  /** `label` is shown in place of the characters, `description` says what they are. */
  | { kind: 'invisible'; label: string; description: string };

/** From this many on, a run is counted instead of spelled out. */
const LONG_RUN = 6;

const hides = (cp: number): boolean =>
  isInvisible(cp) || isControl(cp) || cp === 0x2028 || cp === 0x2029 || cp === 0x2800;

/** U+FE0F after a symbol and U+200D between symbols build emoji; there they hide nothing. */
const EMOJI =
  /\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*/uy;

/**
 * Takes a hostile text apart into what a reader sees and what only a model sees: invisible, bidirectional and control
 * characters. Tabs and line breaks stay text. Joined again, the text parts hold nothing that hides.
 */
export function splitInvisible(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let visible = '';
  let hidden: number[] = [];
  const flush = () => {
    if (visible) parts.push({ kind: 'text', text: visible });
    if (hidden.length > 0) parts.push(invisiblePart(hidden));
    visible = '';
    hidden = [];
  };
  for (let at = 0; at < text.length; ) {
    EMOJI.lastIndex = at;
    const emoji = EMOJI.exec(text)?.[0];
    const character = emoji ?? String.fromCodePoint(text.codePointAt(at) as number);
    at += character.length;
    const cp = character.codePointAt(0) as number;
    if (emoji === undefined && hides(cp)) {
      if (visible) flush();
      hidden.push(cp);
    } else {
      if (hidden.length > 0) flush();
      visible += character;
    }
  }
  flush();
  return parts;
}

function invisiblePart(codePoints: number[]): TextPart {
  const names = [...new Set(codePoints.map(describeCodePoint))];
  if (codePoints.length >= LONG_RUN) {
    const label = `${codePoints.length} invisible characters`;
    return { kind: 'invisible', label, description: `${label}: ${names.slice(0, 12).join(', ')}` };
  }
  return { kind: 'invisible', label: codePoints.map(codePointLabel).join(' '), description: names.join(', ') };
}

/** The text with its invisible characters written out, for places that take only plain text, such as a page's title. */
export const visibleText = (text: string): string =>
  splitInvisible(text)
    .map((part) => (part.kind === 'text' ? part.text : `⟨${part.label}⟩`))
    .join('');
