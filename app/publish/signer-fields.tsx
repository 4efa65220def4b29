'use client';

import { useState } from 'react';
import { SelectField, TextField } from '../forms/fields.tsx';

const KINDS = [
  ['github', 'GitHub Actions'],
  ['gitlab', 'GitLab CI'],
  ['email', 'E-mail address'],
  ['uri', 'Other URI'],
] as const;

const ISSUERS: Record<string, string> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
  email: 'https://accounts.google.com',
  uri: '',
};

/** Fields of a signer identity. Ids are asked for because names can be given up and taken by somebody else. */
export function SignerFields() {
  const [kind, setKind] = useState<string>('github');
  const isCi = kind === 'github' || kind === 'gitlab';
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField name="kind" label="Signs with" options={KINDS} value={kind} onChange={setKind} />
      <TextField key={kind} name="issuer" label="Issuer" defaultValue={ISSUERS[kind]} type="url" isMono />
      {isCi ? (
        <>
          <TextField
            name="ownerId"
            label="Owner id"
            isMono
            placeholder="583231"
            hint={kind === 'github' ? 'The number at api.github.com/users/NAME, field id.' : 'The number of the group.'}
          />
          <TextField
            name="repositoryId"
            label="Repository id"
            isMono
            required={false}
            placeholder="1296269"
            hint="Without it, any repository of the owner counts."
          />
          <TextField name="repository" label="Repository" isMono required={false} placeholder="acme/weather" />
          <TextField
            name="workflow"
            label="Workflow"
            isMono
            required={false}
            placeholder=".github/workflows/release.yml"
          />
          <TextField
            name="refPattern"
            label="Ref"
            isMono
            required={false}
            placeholder="refs/tags/v*"
            hint="* stands for anything but a slash, ** for anything."
          />
        </>
      ) : (
        <TextField
          name="san"
          label={kind === 'email' ? 'E-mail address' : 'URI'}
          isMono
          hint="Compared as it is, with the name in the certificate."
        />
      )}
    </div>
  );
}
