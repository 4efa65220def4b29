import { cn } from '../cn.ts';
import type { MarkFace, MarkTone } from './describe-marks.ts';
import { GLYPHS, OUTLINES } from './mark-shapes.ts';

const FIELD: Record<MarkTone, string> = {
  struck: 'fill-accent stroke-accent',
  plain: 'fill-sheet stroke-ink-2',
  heavy: 'fill-ink-2 stroke-ink-2',
  accused: 'fill-accusation stroke-accusation',
  pending: 'fill-none stroke-ink-3 [stroke-dasharray:2.5_2]',
  empty: 'fill-none stroke-line-strong',
};

const SIGN: Record<MarkTone, string> = {
  struck: 'text-on-accent',
  plain: 'text-ink',
  heavy: 'text-paper',
  accused: 'text-on-accusation',
  pending: 'text-ink-3',
  empty: 'text-ink-3',
};

const isFilled = (tone: MarkTone): boolean => tone === 'struck' || tone === 'heavy' || tone === 'accused';

/** One struck mark, without its word. Decorative: whoever uses it writes the word beside it. */
export function Mark({ face, className }: { face: MarkFace; className?: string }) {
  const outline = OUTLINES[face.signal];
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn('size-6 shrink-0', SIGN[face.tone], className)}>
      <path d={outline} className={FIELD[face.tone]} strokeWidth="1.25" strokeLinejoin="round" />
      {/* The rim that a punch leaves. */}
      {isFilled(face.tone) && (
        <path
          d={outline}
          fill="none"
          stroke="currentColor"
          strokeOpacity="0.4"
          strokeWidth="0.9"
          transform="translate(12 12) scale(0.82) translate(-12 -12)"
        />
      )}
      {face.glyph && <Sign glyph={face.glyph} />}
      {face.letter && (
        <text
          x="12"
          y="12.2"
          textAnchor="middle"
          dominantBaseline="central"
          fill="currentColor"
          className="font-sans font-semibold"
          fontSize="12.5"
        >
          {face.letter}
        </text>
      )}
    </svg>
  );
}

function Sign({ glyph }: { glyph: NonNullable<MarkFace['glyph']> }) {
  const { path, isFilled: filled } = GLYPHS[glyph];
  return filled ? (
    <path d={path} fill="currentColor" />
  ) : (
    <path d={path} fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />
  );
}
