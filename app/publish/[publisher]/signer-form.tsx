import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { TextField } from '../../forms/fields.tsx';
import { addSignerAction } from '../signer-actions.ts';

export const SIGNER_KINDS = [
  ['github', 'GitHub Actions'],
  ['gitlab', 'GitLab CI'],
  ['email', 'A person, by e-mail address'],
  ['uri', 'Another machine, by URI'],
] as const;

type SignerKind = (typeof SIGNER_KINDS)[number][0];

const ISSUERS: Record<SignerKind, string> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
  email: 'https://accounts.google.com',
  uri: '',
};

const ISSUER_HINT: Record<SignerKind, string> = {
  github: 'Another one for a GitHub Enterprise server.',
  gitlab: 'The address of your GitLab.',
  email: 'Google; https://github.com/login/oauth and https://login.microsoftonline.com are the other public ones.',
  uri: 'Who gives the machine its identity tokens.',
};

/** Fields of a signer identity. Ids are asked for because names can be given up and taken by somebody else. */
export function SignerForm({ kind, publisherSlug }: { kind: SignerKind; publisherSlug: string }) {
  const isCi = kind === 'github' || kind === 'gitlab';
  return (
    <ActionForm action={addSignerAction} label={`Bind a signer: ${kind}`}>
      <input type="hidden" name="publisherSlug" value={publisherSlug} />
      <input type="hidden" name="kind" value={kind} />
      <div className="grid gap-3 sm:grid-cols-2">
        {isCi ? (
          <CiFields kind={kind} />
        ) : (
          <TextField
            name="san"
            label={kind === 'email' ? 'E-mail address' : 'URI'}
            isMono
            hint="Compared as it is, with the name in the certificate."
          />
        )}
        <TextField
          name="issuer"
          label="Issuer"
          defaultValue={ISSUERS[kind]}
          type="url"
          isMono
          hint={ISSUER_HINT[kind]}
        />
      </div>
      <SubmitButton pendingText="Binding">Bind</SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}

function CiFields({ kind }: { kind: 'github' | 'gitlab' }) {
  const isGitHub = kind === 'github';
  return (
    <>
      <TextField
        name="ownerId"
        label={isGitHub ? 'Owner id' : 'Group or user id'}
        isMono
        placeholder="583231"
        hint={isGitHub ? 'Field id at api.github.com/users/NAME.' : 'Under the name on the page of the group.'}
      />
      <TextField
        name="repositoryId"
        label={isGitHub ? 'Repository id' : 'Project id'}
        isMono
        required={false}
        placeholder="1296269"
        hint={
          isGitHub
            ? 'Field id at api.github.com/repos/OWNER/NAME. Without it, any repository of the owner counts.'
            : 'Without it, any project of the group counts.'
        }
      />
      <TextField
        name="repository"
        label={isGitHub ? 'Repository' : 'Project'}
        isMono
        required={false}
        placeholder="acme/weather"
        hint="For people to read. Compared too, where it is given."
      />
      <TextField
        name="workflow"
        label={isGitHub ? 'Workflow' : 'CI configuration'}
        isMono
        required={false}
        placeholder={isGitHub ? '.github/workflows/release.yml' : '.gitlab-ci.yml'}
        hint="Without it, any workflow counts."
      />
      <TextField
        name="refPattern"
        label="Ref"
        isMono
        required={false}
        placeholder="refs/tags/v*"
        hint="* stands for anything but a slash, ** for anything. Without it, any branch or tag counts."
      />
    </>
  );
}
