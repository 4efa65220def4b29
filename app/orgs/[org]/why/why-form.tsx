import { orgPath } from '../../../paths.ts';

const FIELDS = [
  ['server', 'Server', 'com.example/files', true],
  ['version', 'Version', 'the one that a gateway would start', false],
  ['tool', 'Tool', 'exact name', false],
  ['environment', 'Environment', 'as the gateway was started with', false],
  ['team', 'Team', 'short name', false],
  ['group', 'Agent group', 'short name', false],
] as const;

/** A question about the list; a GET form, so that an answer has an address. */
export function WhyForm({ orgSlug, asked }: { orgSlug: string; asked: Record<string, string | null> }) {
  return (
    <form
      method="get"
      action={orgPath(orgSlug, 'why')}
      aria-label="Why is it allowed or blocked?"
      className="grid content-start gap-3"
    >
      {FIELDS.map(([name, label, placeholder, isRequired]) => (
        <label key={name} className="grid gap-1 font-medium text-sm">
          {label}
          <input
            name={name}
            required={isRequired}
            defaultValue={asked[name] ?? ''}
            placeholder={placeholder}
            maxLength={300}
            autoComplete="off"
            spellCheck={false}
            className="h-9 w-full rounded-md border border-line-strong bg-sheet px-2.5 font-mono font-normal text-ink text-sm"
          />
        </label>
      ))}
      <button
        type="submit"
        className="justify-self-start rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
      >
        Explain
      </button>
    </form>
  );
}
