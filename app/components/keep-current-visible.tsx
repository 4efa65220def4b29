'use client';

import { useEffect, useRef } from 'react';

/** On a small screen a row of tabs is wider than the screen: brings the current one into sight. */
export function KeepCurrentVisible({ current }: { current: string }) {
  const here = useRef<HTMLSpanElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when another tab becomes the current one
  useEffect(() => {
    const row = here.current?.parentElement;
    const tab = row?.querySelector<HTMLElement>('[aria-current]');
    if (!row || !tab) return;
    const hidden = tab.offsetLeft + tab.offsetWidth - row.clientWidth;
    if (hidden > row.scrollLeft) row.scrollLeft = hidden + 24;
    else if (tab.offsetLeft < row.scrollLeft) row.scrollLeft = tab.offsetLeft - 24;
  }, [current]);

  return <span ref={here} hidden />;
}
