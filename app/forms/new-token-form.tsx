import type { ReactNode } from 'react';
import { ActionForm, FormMessage, SubmitButton } from './action-form.tsx';
import type { Action } from './action-state.ts';
import { TextField } from './fields.tsx';
import { NewToken } from './new-token.tsx';

/** Issues a token and shows its secret this once. `children` are hidden fields that say for whom. */
export function NewTokenForm({
  action,
  label,
  placeholder,
  children,
}: {
  action: Action;
  label: string;
  /** Example of a name that says where the token is used. */
  placeholder: string;
  children: ReactNode;
}) {
  return (
    <ActionForm action={action} label={label}>
      {children}
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField name="name" label="Name" placeholder={placeholder} maxLength={100} />
        <TextField
          name="expiresInDays"
          label="Days until it expires"
          type="number"
          defaultValue={90}
          min={1}
          max={366}
        />
      </div>
      <SubmitButton pendingText="Issuing">Issue token</SubmitButton>
      <FormMessage />
      <NewToken />
    </ActionForm>
  );
}
