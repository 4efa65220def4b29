'use client';

import { useEffect, useRef } from 'react';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The one input of the home page; `/` focuses it from anywhere on the page. */
export function SearchInput({ initial }: { initial: string }) {
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  return (
    <>
      <input
        ref={input}
        // A search that came by another way than typing, such as an example, is shown too.
        key={initial}
        type="search"
        name="q"
        defaultValue={initial}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        aria-label="Search servers"
        aria-keyshortcuts="/"
        placeholder="What should the server do?"
        className="h-11 w-full rounded-md border border-line-strong bg-sheet pr-10 pl-10 text-base text-ink focus-visible:outline-offset-0"
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 hidden -translate-y-1/2 rounded-sm border border-line px-1.5 text-2xs text-ink-3 sm:block"
      >
        /
      </kbd>
    </>
  );
}
