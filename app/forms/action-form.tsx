'use client';

import {
  createContext,
  Fragment,
  type ReactNode,
  startTransition,
  useActionState,
  useContext,
  useEffect,
  useState,
} from 'react';
import { cn } from '../cn.ts';
import { type Action, type ActionState, NOT_SENT } from './action-state.ts';

const FormState = createContext<ActionState & { isPending: boolean }>({ ...NOT_SENT, isPending: false });

/** State of the form around a field. */
export const useFormState = () => useContext(FormState);

/**
 * A form over a server action. Refused, it keeps what was typed and says why beside the button; done, it empties itself.
 * It works without JavaScript too: then the page comes back with the answer in it.
 */
export function ActionForm({
  action,
  children,
  className,
  label,
}: {
  action: Action;
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  const [state, dispatch, isPending] = useActionState(action, NOT_SENT);
  const [generation, setGeneration] = useState(0);

  // New fields rather than reset ones: a reset would untick boxes whose component still counts them as ticked.
  useEffect(() => {
    if (state.ok) setGeneration((before) => before + 1);
  }, [state]);

  return (
    <form
      aria-label={label}
      action={dispatch}
      // React empties a form after its action, also after one that was refused. Sent by hand it stays as it is.
      onSubmit={(event) => {
        event.preventDefault();
        // With the button that was pressed: a form can have several.
        const { submitter } = event.nativeEvent as SubmitEvent;
        const data = new FormData(event.currentTarget, submitter);
        startTransition(() => dispatch(data));
      }}
      className={cn('grid gap-4', className)}
    >
      <FormState value={{ ...state, isPending }}>
        <Fragment key={generation}>{children}</Fragment>
      </FormState>
    </form>
  );
}

/**
 * The answer to the form, with its code for whoever asks for help. A success is said only while it `isCurrent`: another
 * form of the page may have undone it since.
 */
export function FormMessage({ isCurrent = true }: { isCurrent?: boolean }) {
  const { ok, message, code } = useFormState();
  if (message === null || (ok && !isCurrent)) return null;
  return (
    <p
      role={ok ? 'status' : 'alert'}
      className={cn('border-l-3 px-3 py-2 text-sm', ok ? 'border-accent bg-accent-wash' : 'border-ink bg-well')}
    >
      {message} {!ok && code && <code className="text-ink-3">{code}</code>}
    </p>
  );
}

export function SubmitButton({
  children,
  pendingText,
  isQuiet = false,
  name,
  value,
}: {
  children: ReactNode;
  pendingText: string;
  isQuiet?: boolean;
  /** Sent along when this button was pressed, where a form has several. */
  name?: string;
  value?: string;
}) {
  const { isPending } = useFormState();
  return (
    <button
      type="submit"
      name={name}
      value={value}
      disabled={isPending}
      className={cn(
        'justify-self-start rounded-md px-3.5 py-1.5 font-medium text-sm disabled:opacity-60',
        isQuiet ? 'border border-line-strong text-ink hover:bg-well' : 'bg-accent text-on-accent hover:opacity-90',
      )}
    >
      {isPending ? pendingText : children}
    </button>
  );
}
