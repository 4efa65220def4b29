import type { ReactNode } from 'react';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import type { Action } from '../forms/action-state.ts';

/** One button about something with a name. */
export function NamedButton({
  action,
  name,
  label,
  pendingText,
  children,
}: {
  action: Action;
  name: string;
  label: string;
  pendingText: string;
  children: ReactNode;
}) {
  return (
    <ActionForm action={action} label={label} className="gap-2">
      <input type="hidden" name="name" value={name} />
      <SubmitButton isQuiet pendingText={pendingText}>
        {children}
      </SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}

/** Removing takes a second step, which says what follows from it. */
export function RemoveForm({ action, name, children }: { action: Action; name: string; children: ReactNode }) {
  return (
    <details className="text-sm">
      <summary className="rounded-md px-2 py-1.5 text-ink-2">Remove</summary>
      <ActionForm action={action} label={`Remove ${name}`} className="mt-2 gap-2">
        <input type="hidden" name="name" value={name} />
        <p className="max-w-prose text-ink-2">{children}</p>
        <SubmitButton isQuiet pendingText="Removing">
          Remove {name}
        </SubmitButton>
        <FormMessage />
      </ActionForm>
    </details>
  );
}
