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

type FormContext = ActionState & {
  isPending: boolean;
  /** Value of the button that was pressed last. */
  pressed: string | null;
};

const FormState = createContext<FormContext>({ ...NOT_SENT, isPending: false, pressed: null });

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
  const [pressed, setPressed] = useState<string | null>(null);

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
        const button = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
        const data = new FormData(event.currentTarget, button);
        setPressed(button?.value ?? null);
        startTransition(() => dispatch(data));
      }}
      className={cn('grid gap-4', className)}
    >
      <FormState value={{ ...state, isPending, pressed }}>
        <Fragment key={generation}>{children}</Fragment>
      </FormState>
    </form>
  );
}

/** The answer to the form, with its code for whoever asks for help. */
export function FormMessage() {
  const { ok, message, code } = useFormState();
  if (message === null) return null;
  return (
    <p
      role={ok ? 'status' : 'alert'}
      className={cn('border-l-3 px-3 py-2 text-sm', ok ? 'border-accent bg-accent-wash' : 'border-ink bg-well')}
    >
      {message} {!ok && code && <code className="text-ink-3">{code}</code>}
    </p>
  );
}

/** Of several buttons in a form, each has its `value` of the field `name`, and the one that was pressed shows the progress. */
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
  name?: string;
  value?: string;
}) {
  const { isPending, pressed } = useFormState();
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
      {isPending && (value ?? '') === (pressed ?? '') ? pendingText : children}
    </button>
  );
}
