'use client';

import { type ReactNode, useId } from 'react';
import { cn } from '../cn.ts';
import { useFormState } from './action-form.tsx';

type Common = { name: string; label: string; hint?: ReactNode; className?: string };

const BOX = 'w-full rounded-md border border-line-strong bg-sheet px-2.5 text-ink text-sm';

function Field({
  name,
  label,
  hint,
  className,
  children,
}: Common & { children(ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }): ReactNode }) {
  const id = useId();
  const fault = useFormState().faults[name];
  const described = fault || hint ? `${id}-about` : undefined;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block font-medium text-sm">
        {label}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': fault ? true : undefined })}
      {described && (
        <p id={described} className={cn('mt-1 text-xs', fault ? 'font-medium text-ink' : 'text-ink-3')}>
          {fault ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextField({
  isMono = false,
  placeholder,
  required = true,
  maxLength = 500,
  type = 'text',
  defaultValue,
  min,
  max,
  step,
  ...field
}: Common & {
  isMono?: boolean;
  placeholder?: string;
  required?: boolean;
  maxLength?: number;
  type?: 'text' | 'number' | 'url' | 'password' | 'date';
  defaultValue?: string | number;
  min?: number;
  max?: number;
  /** Of numbers; whole ones unless told otherwise. */
  step?: number | 'any';
}) {
  const { typed } = useFormState();
  return (
    <Field {...field}>
      {(ids) => (
        <input
          {...ids}
          name={field.name}
          type={type}
          required={required}
          maxLength={maxLength}
          min={min}
          max={max}
          step={step}
          placeholder={placeholder}
          defaultValue={typed[field.name] ?? defaultValue}
          autoComplete="off"
          spellCheck={false}
          className={cn(BOX, 'h-9', isMono && 'font-mono')}
        />
      )}
    </Field>
  );
}

export function TextArea({
  isMono = false,
  rows = 3,
  required = true,
  maxLength,
  placeholder,
  defaultValue,
  ...field
}: Common & {
  isMono?: boolean;
  rows?: number;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  defaultValue?: string;
}) {
  const { typed } = useFormState();
  return (
    <Field {...field}>
      {(ids) => (
        <textarea
          {...ids}
          name={field.name}
          rows={rows}
          required={required}
          maxLength={maxLength}
          placeholder={placeholder}
          defaultValue={typed[field.name] ?? defaultValue}
          spellCheck={!isMono}
          className={cn(BOX, 'py-2', isMono && 'font-mono text-xs leading-5')}
        />
      )}
    </Field>
  );
}

export function FileField({ accept, ...field }: Common & { accept: string }) {
  return (
    <Field {...field}>
      {(ids) => (
        <input
          {...ids}
          type="file"
          name={field.name}
          accept={accept}
          className="block w-full text-sm file:mr-3 file:cursor-pointer file:rounded-md file:border file:border-line-strong file:bg-sheet file:px-3 file:py-1.5 file:font-medium file:text-ink"
        />
      )}
    </Field>
  );
}

/** One of a few, each with what it means. Works without JavaScript. */
export function RadioField({
  options,
  defaultValue,
  ...field
}: Common & {
  options: readonly { value: string; label: string; text: ReactNode }[];
  /** Left out, nothing is chosen beforehand. */
  defaultValue?: string;
}) {
  const { typed, faults } = useFormState();
  const id = useId();
  const about = faults[field.name] ?? field.hint;
  return (
    <fieldset className={field.className} aria-describedby={about ? `${id}-about` : undefined}>
      <legend className="mb-1 font-medium text-sm">{field.label}</legend>
      <div className="grid gap-2">
        {options.map(({ value, label, text }) => (
          <label key={value} className="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start text-sm">
            <input
              type="radio"
              name={field.name}
              value={value}
              required
              defaultChecked={(typed[field.name] ?? defaultValue) === value}
              className="mt-1 accent-accent"
            />
            <span>
              <span className="font-medium">{label}</span>
              <span className="block text-ink-3">{text}</span>
            </span>
          </label>
        ))}
      </div>
      {about && (
        <p id={`${id}-about`} className="mt-1 text-ink-3 text-xs">
          {about}
        </p>
      )}
    </fieldset>
  );
}

export function SelectField({
  options,
  defaultValue,
  ...field
}: Common & { options: readonly (readonly [value: string, label: string])[]; defaultValue?: string }) {
  const { typed } = useFormState();
  return (
    <Field {...field}>
      {(ids) => (
        <select {...ids} name={field.name} defaultValue={typed[field.name] ?? defaultValue} className={cn(BOX, 'h-9')}>
          {options.map(([id, label]) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Yes or no. Unticked, a form does not send it. */
export function CheckField({ defaultChecked = false, ...field }: Common & { defaultChecked?: boolean }) {
  const { typed, message, ok } = useFormState();
  const id = useId();
  const wasRefused = message !== null && !ok;
  return (
    <div className={cn('grid grid-cols-[1.25rem_minmax(0,1fr)] items-start text-sm', field.className)}>
      <input
        id={id}
        type="checkbox"
        name={field.name}
        value="yes"
        defaultChecked={wasRefused ? field.name in typed : defaultChecked}
        aria-describedby={field.hint ? `${id}-about` : undefined}
        className="mt-1 accent-accent"
      />
      <span>
        <label htmlFor={id} className="font-medium">
          {field.label}
        </label>
        {field.hint && (
          <span id={`${id}-about`} className="block text-ink-3">
            {field.hint}
          </span>
        )}
      </span>
    </div>
  );
}
