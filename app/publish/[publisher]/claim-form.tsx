import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { RadioField, TextField } from '../../forms/fields.tsx';
import { startClaimAction } from '../namespace-actions.ts';

const METHODS = [
  {
    value: 'dns',
    label: 'DNS record',
    text: 'Proves that you can change the DNS of the domain. For a namespace that is a domain read backwards.',
  },
  {
    value: 'http',
    label: 'File on the web server',
    text: 'Proves that you can put a file under https://DOMAIN/.well-known/. Counts for that very host.',
  },
  {
    value: 'github',
    label: 'GitHub account',
    text: 'Proves that you are the account or an owner of the organization. For io.github.NAME.',
  },
];

/** First step of a claim: which namespace, and how. What to do then stands on the card of the claim. */
export function ClaimForm({ publisherSlug }: { publisherSlug: string }) {
  return (
    <ActionForm action={startClaimAction} label="Claim a namespace">
      <input type="hidden" name="publisherSlug" value={publisherSlug} />
      <TextField
        name="namespace"
        label="1. Namespace"
        isMono
        maxLength={150}
        placeholder="com.example"
        hint={
          <>
            Your domain read backwards: <code>example.com</code> is <code>com.example</code>. On GitHub,{' '}
            <code>io.github.NAME</code>.
          </>
        }
      />
      <RadioField name="method" label="2. How to prove it" options={METHODS} defaultValue="dns" />
      <SubmitButton pendingText="Preparing">Show instructions</SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
