import type { HTMLInputTypeAttribute } from 'react';
import type { AuditQuery } from '../text/audit-query.ts';
import { PendingLink } from './nav-link.tsx';

const BOX = 'h-9 w-full rounded-md border border-line-strong bg-sheet px-2.5 text-ink text-sm';

/** A plain form: its fields become the address, so that a search can be kept and sent to somebody. */
export function AuditFilter({
  query,
  kinds,
  reset,
  hidden,
}: {
  query: AuditQuery;
  kinds: string[];
  reset: string;
  hidden: Record<string, string>;
}) {
  const families = [...new Set(kinds.map((kind) => kind.split('.')[0]!))];
  return (
    <form method="get" aria-label="Filter events" className="mb-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Field name="text" label="Text" value={query.text} placeholder="any word of the event" maxLength={200} />
      <label className="grid gap-1 text-sm">
        <span className="font-medium">Kind</span>
        <select name="kind" defaultValue={query.kind ?? ''} className={BOX}>
          <option value="">all</option>
          {families.map((family) => (
            <optgroup key={family} label={family}>
              <option value={`${family}.*`}>all of {family}</option>
              {kinds
                .filter((kind) => kind.startsWith(`${family}.`))
                .map((kind) => (
                  <option key={kind} value={kind}>
                    {kind}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <Field name="actor" label="Who" value={query.actor} placeholder="part of a name" maxLength={100} />
      <Field name="server" label="Server" value={query.server} placeholder="com.example/weather" maxLength={255} />
      <Field name="from" label="From (UTC)" value={query.from?.slice(0, 10)} type="date" />
      <Field name="to" label="Before (UTC)" value={query.to?.slice(0, 10)} type="date" />
      <div className="flex items-end gap-3 sm:col-span-full">
        <button
          type="submit"
          className="rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
        >
          Filter
        </button>
        {Object.keys(query).length > 0 && (
          <PendingLink href={reset} className="link py-1.5 text-sm">
            Show all
          </PendingLink>
        )}
      </div>
    </form>
  );
}

function Field({
  name,
  label,
  value,
  placeholder,
  maxLength,
  type = 'search',
}: {
  name: string;
  label: string;
  value: string | undefined;
  placeholder?: string;
  maxLength?: number;
  type?: HTMLInputTypeAttribute;
}) {
  return (
    <label className="grid gap-1 text-sm">
      <span className="font-medium">{label}</span>
      <input
        name={name}
        type={type}
        defaultValue={value}
        placeholder={placeholder}
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        className={BOX}
      />
    </label>
  );
}
