import type { TextPart } from '#scanners/drift/text-diff.ts';

/** UTF-16 units of an unchanged part shown beside each change. */
const CONTEXT = 120;

/** The parts with the middle of long unchanged ones left out, at a blank where there is one near. */
export function shortenSame(parts: readonly TextPart[]): TextPart[] {
  return parts.map((part, index) => {
    const { op, text } = part;
    const [isFirst, isLast] = [index === 0, index === parts.length - 1];
    const [headLength, tailLength] = [isFirst ? 0 : CONTEXT, isLast ? 0 : CONTEXT];
    if (op !== 'same' || text.length <= headLength + tailLength + CONTEXT) return part;
    const head = headLength === 0 ? '' : text.slice(0, headLength).replace(/\S{0,20}$/, '');
    const tail = tailLength === 0 ? '' : text.slice(text.length - tailLength).replace(/^\S{0,20}/, '');
    return { ...part, text: `${head}…${tail}` };
  });
}
