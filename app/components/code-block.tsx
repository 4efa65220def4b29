'use client';

import { cn } from '../cn.ts';
import { CopyButton } from './copy-button.tsx';
import { HostileText } from './hostile-text.tsx';

/** Text to read and copy as it is. Long lines wrap: nothing is hidden beyond an edge. */
export function CodeBlock({ text, what, className }: { text: string; what: string; className?: string }) {
  return (
    <div className={cn('group relative rounded-md border border-line bg-well', className)}>
      <pre className="max-h-128 overflow-y-auto whitespace-pre-wrap p-3 pr-12 text-xs leading-5">
        <code className="text-[1em]">
          <HostileText>{text}</HostileText>
        </code>
      </pre>
      <CopyButton text={text} what={what} className="absolute top-2 right-2 size-7 border border-line bg-sheet" />
    </div>
  );
}
