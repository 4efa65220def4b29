import type { ScanText } from '../text/scan-text.ts';
import { snapshotTexts } from '../text/snapshot-texts.ts';
import type { InputSnapshot } from '../types.ts';
import { addedSpans, diffText, type TextBudget } from './text-diff.ts';

/** Every text of a snapshot by its place. */
export type Fields = ReadonlyMap<string, string>;

export const placeOf = ({ document, pointer }: { document: string; pointer: string }): string =>
  `${document}${pointer}`;

export const fieldsOf = (snapshot: InputSnapshot): Fields =>
  new Map(
    snapshotTexts(snapshot).subjects.flatMap(({ texts }) =>
      texts.filter(({ kind }) => kind !== 'key').map((text) => [placeOf(text.location), text.original] as const),
    ),
  );

export type AddedText = {
  /** Whether some of the words between two offsets of the text were added; all of them are where its place is new. */
  touches(text: ScanText, start: number, end: number): boolean;
  /** The words that were added, '' where there are none. */
  of(text: ScanText): string;
};

/** What the later snapshot's texts say beyond those that stood in the same places. Each text is compared once. */
export function addedText(before: Fields, budget: TextBudget): AddedText {
  const known = new Map<string, { start: number; end: number }[]>();
  const spansOf = (text: ScanText) => {
    const place = placeOf(text.location);
    const done = known.get(place);
    if (done !== undefined) return done;
    const was = before.get(place);
    const { original } = text;
    const spans =
      was === undefined
        ? [{ start: 0, end: original.length }]
        : was === original
          ? []
          : addedSpans(diffText(was, original, budget));
    known.set(place, spans);
    return spans;
  };
  return {
    touches: (text, start, end) => spansOf(text).some((span) => span.start < end && span.end > start),
    of: (text) =>
      spansOf(text)
        .map(({ start, end }) => text.original.slice(start, end))
        .join(' '),
  };
}
