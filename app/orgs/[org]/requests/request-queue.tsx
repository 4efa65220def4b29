'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { TextField } from '../../../forms/fields.tsx';
import { countOf } from '../../../text/count-of.ts';
import { decideMany } from './actions.ts';

type Row = { id: string; href: string; label: string; content: ReactNode };

const KEYS: readonly (readonly [string, string])[] = [
  ['j, k', 'next, previous'],
  ['x', 'choose'],
  ['Enter', 'open'],
  ['a', 'choose all, or none'],
  ['r', 'write the reason'],
  ['Esc', 'back to the list'],
];

/**
 * The queue. Chosen lines are decided together; without JavaScript the boxes and buttons do the same. Keys work while no field is
 * being typed in, and move the focus, so that a screen reader follows.
 */
export function RequestQueue({ rows, orgSlug, canDecide }: { rows: Row[]; orgSlug: string; canDecide: boolean }) {
  const router = useRouter();
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const here = rows.filter(({ id }) => chosen.has(id));

  const toggle = useCallback((id: string) => {
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);

  useEffect(() => {
    const lines = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-request]') ?? [])];
    const current = () =>
      lines().indexOf(document.activeElement?.closest<HTMLElement>('[data-request]') as HTMLElement);
    let last = 0;
    const move = (step: number) => {
      const all = lines();
      last = Math.min(Math.max(current() + step, 0), all.length - 1);
      const next = all[last];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
    };
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
      if (event.key === 'Escape' && target.matches('input[name="reason"]')) lines()[last]?.focus();
      if (isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
      const row = rows[current()];
      if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else if (event.key === 'x' && row && canDecide) toggle(row.id);
      else if (event.key === 'a' && canDecide)
        setChosen((before) => new Set(before.size === rows.length ? [] : rows.map(({ id }) => id)));
      else if (event.key === 'Enter' && row && target.hasAttribute('data-request')) router.push(row.href);
      else if (event.key === 'r' && canDecide)
        document.querySelector<HTMLInputElement>('input[name="reason"]')?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [rows, canDecide, router, toggle]);

  const items = (
    <ul ref={list} className="sheet divide-y divide-line">
      {rows.map(({ id, label, content }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the lines of the queue are walked by keys
        <li key={id} data-request={id} tabIndex={0} className="flex gap-3 px-4 py-3 focus-visible:bg-well">
          {canDecide && (
            <input
              type="checkbox"
              name="ids[]"
              value={id}
              checked={chosen.has(id)}
              onChange={() => toggle(id)}
              aria-label={`Choose ${label}`}
              className="mt-1 size-4 shrink-0 accent-accent"
            />
          )}
          <div className="min-w-0 grow">{content}</div>
        </li>
      ))}
    </ul>
  );
  if (!canDecide) return items;
  return (
    <ActionForm action={decideMany} label="Decide about the chosen requests">
      <input type="hidden" name="org" value={orgSlug} />
      <p className="text-ink-3 text-xs max-md:hidden">
        {KEYS.map(([key, what], index) => (
          <span key={key}>
            {index > 0 && ' · '}
            <kbd className="rounded-sm border border-line px-1 font-mono">{key}</kbd> {what}
          </span>
        ))}
      </p>
      {items}
      <div className="sticky bottom-0 grid grid-cols-[auto_minmax(0,1fr)] gap-3 border-line-strong border-t bg-paper py-3 sm:grid-cols-[minmax(0,1fr)_auto_auto] sm:items-end">
        <TextField
          name="reason"
          label={
            here.length > 0 ? `Reason for ${countOf(here.length, 'chosen request')}` : 'Reason for the chosen requests'
          }
          maxLength={500}
          className="max-sm:col-span-2"
        />
        <SubmitButton name="decision" value="approve" pendingText="Approving">
          Approve
        </SubmitButton>
        <SubmitButton name="decision" value="deny" pendingText="Denying" isQuiet>
          Deny
        </SubmitButton>
        <div className="col-span-2 sm:col-span-3">
          <FormMessage />
        </div>
      </div>
    </ActionForm>
  );
}
