import type { VersionRule } from '#lib/orgs/allowlist/version-rule.ts';
import { SelectField, TextArea, TextField } from '../forms/fields.tsx';

const RULES = [
  ['exact', 'only versions approved one by one'],
  ['range', 'a range of versions'],
  ['latest-approved', 'the newest approved version alone'],
] as const;

const CREDENTIALS = [
  ['', 'not said'],
  ['personal', 'personal: each person their own'],
  ['shared', "shared: the gateway's"],
] as const;

type Terms = {
  expiresAt: string | null;
  environments: string[];
  credentialMode: 'shared' | 'personal' | null;
  conditions: string;
  versionRule: VersionRule;
};

/** What holds for an entry as a whole, as part of a form: `termsInput` of terms-input.ts reads it. */
export function EntryTermsFields({
  terms,
  environments,
  defaultApprovalDays = null,
  isNew = terms === null,
  rules,
}: {
  /** Null for a server without an entry. */
  terms: Terms | null;
  /** Names that the organization knows; empty: any name may be typed. */
  environments: string[];
  defaultApprovalDays?: number | null;
  /** Whether the approval begins anew: then the organization gives it an end where the form names none. */
  isNew?: boolean;
  /** Rules by pattern as they are; left out, none can be written. */
  rules?: readonly (readonly [name: string, decision: string])[];
}) {
  const rule = terms?.versionRule ?? { kind: 'exact' as const };
  const noEnd =
    isNew && defaultApprovalDays !== null ? `Empty: ${defaultApprovalDays} days from now.` : 'Empty: no end.';
  return (
    <details className="sheet @container px-3 py-2" open={terms !== null}>
      <summary className="font-medium text-sm">
        Terms: until when, where, with whose credentials, which versions
      </summary>
      <div className="mt-3 mb-2 grid gap-4 @md:grid-cols-2">
        <input type="hidden" name="withTerms" value={isNew ? 'new' : 'change'} />
        <TextField
          name="until"
          type="date"
          label="Until"
          hint={`${noEnd} Gateways refuse it from the end of that day (UTC) on.`}
          required={false}
          defaultValue={terms?.expiresAt?.slice(0, 10)}
        />
        <SelectField
          name="credentialMode"
          label="Credentials"
          hint="Whose the gateway uses for the server."
          options={CREDENTIALS}
          defaultValue={terms?.credentialMode ?? ''}
        />
        <SelectField name="rule" label="Versions" options={RULES} defaultValue={rule.kind} />
        <TextField
          name="range"
          label="Range"
          hint="For a range, as npm writes it. New versions of it come in by the policy, or when nothing but words changed."
          placeholder="^1.2.0"
          isMono
          required={false}
          maxLength={100}
          defaultValue={rule.kind === 'range' ? rule.range : undefined}
        />
        {environments.length > 0 ? (
          <fieldset className="@md:col-span-2">
            <legend className="mb-1 font-medium text-sm">Environments</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-1">
              {environments.map((name) => (
                <label key={name} className="flex items-center gap-2 text-sm">
                  <input
                    type="checkbox"
                    name="environments[]"
                    value={name}
                    defaultChecked={terms?.environments.includes(name)}
                    className="size-4 accent-accent"
                  />
                  <span className="font-mono">{name}</span>
                </label>
              ))}
            </div>
            <p className="mt-1 text-ink-3 text-xs">None ticked: every environment.</p>
          </fieldset>
        ) : (
          <TextField
            name="environments"
            label="Environments"
            hint="Names with spaces between them. Empty: every environment."
            placeholder="prod ci"
            isMono
            required={false}
            defaultValue={terms?.environments.join(' ')}
            className="@md:col-span-2"
          />
        )}
        <TextArea
          name="conditions"
          label="Conditions"
          hint="What those who use it have to keep to. Shown to them."
          rows={2}
          maxLength={2000}
          required={false}
          defaultValue={terms?.conditions}
          className="@md:col-span-2"
        />
        {rules && (
          <TextArea
            name="rules"
            label="Rules by pattern"
            hint="Beside the boxes above, one a line: allow, ask or deny, then a name or a pattern with * and ?. The strictest wins. A tool that is not there now is never allowed by one."
            rows={3}
            maxLength={10_000}
            placeholder={'allow read_*\nask send_*\ndeny delete_*'}
            isMono
            required={false}
            defaultValue={rules.map(([name, decision]) => `${decision} ${name}`).join('\n')}
            className="@md:col-span-2"
          />
        )}
      </div>
    </details>
  );
}
