import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { FileField, SelectField, TextArea, TextField } from '../forms/fields.tsx';
import { addRootAction } from './root-actions.ts';

const KINDS = [
  ['custom', 'A Sigstore of your own'],
  ['github', "GitHub's own Sigstore (private repositories)"],
  ['public-good', 'The public Sigstore'],
] as const;

/** Numbers that are left empty are those of `DEFAULT_THRESHOLDS` (lib/signing/trust-roots.ts) for the kind. */
export function TrustRootForm() {
  return (
    <ActionForm action={addRootAction} label="Add a trust root">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField name="kind" label="Kind" options={KINDS} />
        <TextField
          name="name"
          label="Name"
          isMono
          maxLength={64}
          placeholder="acme-internal"
          hint="A root of the same name is replaced. The public Sigstore is named public-good."
        />
      </div>
      <FileField
        name="trustedRootFile"
        label="Choose trusted_root.json"
        accept=".json,.jsonl,application/json"
        hint="Of several, as gh attestation trusted-root prints them, that of GitHub is taken for its kind."
      />
      <TextArea name="trustedRoot" label="Or paste it" rows={4} required={false} isMono />
      <details className="sheet px-4 py-2">
        <summary className="text-sm">Keep it current from a TUF repository</summary>
        <div className="grid gap-3 pt-3 pb-2 sm:grid-cols-2">
          <TextField
            name="tufMirror"
            label="Address"
            type="url"
            isMono
            required={false}
            placeholder="https://tuf.acme.example"
            hint="With it, trusted_root.json can be left out: it is fetched."
          />
          <FileField
            name="tufRoot"
            label="Its root.json"
            accept=".json,application/json"
            hint="Where trust in the repository begins. The public Sigstore has its own."
          />
        </div>
      </details>
      <details className="sheet px-4 py-2">
        <summary className="text-sm">Limit it</summary>
        <div className="grid gap-3 pt-3 pb-2">
          <TextField
            name="namespaces"
            label="Only for these namespaces"
            isMono
            required={false}
            maxLength={5000}
            placeholder="com.acme io.github.acme"
            hint="Separated by spaces. Left empty, for every namespace."
          />
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField name="tlog" label="Log entries" type="number" required={false} min={0} placeholder="default" />
            <TextField
              name="ctlog"
              label="Certificate timestamps"
              type="number"
              required={false}
              min={0}
              placeholder="default"
            />
            <TextField
              name="timestamp"
              label="Signing times"
              type="number"
              required={false}
              min={1}
              placeholder="default"
            />
          </div>
        </div>
      </details>
      <SubmitButton pendingText="Adding">Add trust root</SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
