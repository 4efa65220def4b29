'use client';

import { CheckIcon, CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { cn } from '../cn.ts';

/** Copies `text`. `what` names it for people who cannot see where the button stands. */
export function CopyButton({
  text,
  what,
  isLabelled = false,
  className,
}: {
  text: string;
  what: string;
  isLabelled?: boolean;
  className?: string;
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');

  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
  };
  const word = state === 'copied' ? 'Copied' : state === 'refused' ? 'Not allowed to copy' : 'Copy';

  return (
    <button
      type="button"
      onClick={copy}
      aria-label={isLabelled ? undefined : `Copy ${what}`}
      title={isLabelled ? undefined : word}
      className={cn(
        'inline-flex items-center gap-1.5 rounded-sm text-ink-3 transition-colors hover:text-ink',
        isLabelled ? 'h-7 border border-line bg-sheet px-2 text-xs' : 'size-6 justify-center align-middle',
        className,
      )}
    >
      {state === 'copied' ? (
        <CheckIcon aria-hidden className="size-3.5 text-accent" />
      ) : (
        <CopyIcon aria-hidden className="size-3.5" />
      )}
      {isLabelled && <span>{word}</span>}
      <span role="status" className="sr-only">
        {state === 'idle' ? '' : `${word}: ${what}`}
      </span>
    </button>
  );
}
