import Link from 'next/link';
import type { MarkFace } from '../marks/describe-marks.ts';
import { Mark } from '../marks/mark.tsx';

const LEGEND: { face: MarkFace; text: string }[] = [
  {
    face: sample('publisher', 'Publisher', 'check', null),
    text: 'Who holds the name, and whether that was proved.',
  },
  {
    face: sample('signature', 'Signature', 'hand', null),
    text: 'Whether the manifest is signed, and by whom.',
  },
  { face: sample('scan', 'Scan', null, 'A'), text: 'The worst thing found, and what was looked at.' },
  { face: sample('risk', 'Risk', 'level-2', null), text: 'What the server can do, honest or not.' },
];

function sample(
  signal: MarkFace['signal'],
  heading: string,
  glyph: MarkFace['glyph'],
  letter: string | null,
): MarkFace {
  return { signal, heading, word: heading, tone: 'plain', glyph, letter, explanation: '' };
}

/** What the four marks answer, for people who are here for the first time. */
export function MarkLegend() {
  return (
    <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
      {LEGEND.map(({ face, text }) => (
        <li key={face.signal} className="flex gap-3">
          <Mark face={face} className="mt-0.5 size-7" />
          <p className="text-ink-2 text-sm">
            <Link href={`/marks#${face.signal}`} className="font-medium text-ink hover:underline">
              {face.heading}
            </Link>
            <br />
            {text}
          </p>
        </li>
      ))}
    </ul>
  );
}
