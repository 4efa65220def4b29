'use client';

import type { Marks } from '#lib/catalog/views.ts';
import { cn } from '../cn.ts';
import { Popover } from '../components/popover.tsx';
import { describeMarks } from './describe-marks.ts';
import { Mark } from './mark.tsx';

/** The four marks of a row, each with its word, each opening its explanation. `of` names the server for screen readers. */
export function MarkRow({ marks, of, className }: { marks: Marks; of: string; className?: string }) {
  return (
    <ul aria-label={`Marks of ${of}`} className={cn('grid grid-cols-4 gap-1', className)}>
      {describeMarks(marks).map((face) => (
        <li key={face.signal} className="flex justify-center">
          <Popover
            heading={`${face.heading}: ${face.word}`}
            triggerLabel={`${face.heading}: ${face.word}. What this means`}
            triggerClassName="flex w-full flex-col items-center gap-0.5 px-0.5 py-1 hover:bg-well"
            trigger={
              <>
                <Mark face={face} className="size-7" />
                <span
                  className={cn(
                    'text-center text-2xs leading-tight',
                    face.tone === 'empty' || face.tone === 'pending' ? 'text-ink-3' : 'font-medium text-ink-2',
                  )}
                >
                  {face.word}
                </span>
              </>
            }
          >
            <MarkExplanation text={face.explanation} signal={face.signal} />
          </Popover>
        </li>
      ))}
    </ul>
  );
}

export function MarkExplanation({ text, signal }: { text: string; signal: string }) {
  return (
    <>
      <p className="text-ink-2">{text}</p>
      <p className="mt-2">
        <a href={`/marks#${signal}`} className="link">
          How this mark is decided
        </a>
      </p>
    </>
  );
}
