'use client';

import { useEffect, useState } from 'react';
import { countOf } from '../../../text/count-of.ts';

const itemsOf = (listId: string) => [
  ...(document.getElementById(listId)?.querySelectorAll<HTMLLIElement>('li[data-tool]') ?? []),
];

/** Filters and opens the tools of a list that the server has already written. Opens the one that the address names. */
export function ToolControls({ listId, total }: { listId: string; total: number }) {
  const [shown, setShown] = useState(total);
  const [isOpen, setOpen] = useState(false);

  useEffect(() => {
    const openNamed = () => {
      const named = document.getElementById(location.hash.slice(1));
      if (!(named instanceof HTMLDetailsElement)) return;
      named.open = true;
      named.scrollIntoView();
    };
    openNamed();
    addEventListener('hashchange', openNamed);
    return () => removeEventListener('hashchange', openNamed);
  }, []);

  const filter = (text: string) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of itemsOf(listId)) {
      const isMatch = words.every((word) => item.dataset.tool?.includes(word));
      item.hidden = !isMatch;
      if (isMatch) count++;
    }
    setShown(count);
  };

  const toggle = () => {
    for (const item of itemsOf(listId)) {
      const details = item.querySelector('details');
      if (details) details.open = !isOpen;
    }
    setOpen(!isOpen);
  };

  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        aria-label="Filter tools"
        placeholder="Filter tools"
        onChange={(event) => filter(event.target.value)}
        className="h-8 w-44 rounded-md border border-line-strong bg-sheet px-2 text-sm"
      />
      <span role="status" className="text-ink-3 text-xs">
        {shown === total ? '' : `${countOf(shown, 'tool')} of ${total}`}
      </span>
      <button
        type="button"
        onClick={toggle}
        className="h-8 rounded-md border border-line-strong px-2.5 text-sm hover:bg-well"
      >
        {isOpen ? 'Close all' : 'Open all'}
      </button>
    </div>
  );
}
