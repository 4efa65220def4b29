import type { ReactNode } from 'react';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { PublisherView } from '#lib/publishers/get-publisher-console.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { Section } from '../components/section.tsx';
import { Time } from '../components/time.tsx';
import { TokenList } from '../components/token-list.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { TextField } from '../forms/fields.tsx';
import { NewTokenForm } from '../forms/new-token-form.tsx';
import { MarkRow } from '../marks/mark-row.tsx';
import { serverPath } from '../paths.ts';
import { proofWord } from '../text/words.ts';
import {
  addSignerAction,
  claimNamespaceAction,
  issueTokenAction,
  removeSignerAction,
  revokeTokenAction,
} from './actions.ts';
import { SignerFields } from './signer-fields.tsx';

/** Everything that a member of a publisher can see and change. */
export function PublisherConsole({ publisher, viewer }: { publisher: PublisherView; viewer: Viewer }) {
  const slug = <input type="hidden" name="publisherSlug" value={publisher.slug} />;
  return (
    <>
      <Section id="namespaces" title="Namespaces" aside={`This publisher is ${publisher.level}`}>
        <Rows nothing="This publisher holds no namespace yet, so it cannot publish.">
          {publisher.namespaces.map(({ name, proofKind, provenAt }) => (
            <li key={name} className="py-2">
              <span className="font-mono text-sm">{name}</span>
              <p className="text-ink-3 text-sm">
                {proofWord(proofKind)}, <Time iso={provenAt} />
              </p>
            </li>
          ))}
        </Rows>
        {viewer.isInstanceAdmin ? (
          <Disclosure summary="Grant a namespace">
            <ActionForm action={claimNamespaceAction} label="Grant a namespace">
              {slug}
              <TextField
                name="namespace"
                label="Namespace"
                placeholder="com.example"
                isMono
                maxLength={150}
                hint="As an admin you give the right to publish under it. The publisher stays as verified as it is."
              />
              <SubmitButton pendingText="Granting">Grant</SubmitButton>
              <FormMessage />
            </ActionForm>
          </Disclosure>
        ) : (
          <p className="mt-2 text-ink-3 text-sm">Ask an admin of this instance to grant a namespace.</p>
        )}
      </Section>

      <Section id="signers" title="Signers" aside="Manifests signed by one of these count as signed">
        <Rows nothing="No signer is bound. A signature will be shown as one of an unknown signer.">
          {publisher.signerIdentities.map(({ id, identity, text }) => (
            <li key={id} className="flex flex-wrap items-start gap-x-4 gap-y-1 py-2">
              <div className="min-w-0 flex-1 basis-64">
                <p className="font-mono text-sm">
                  <HostileText>{text}</HostileText>
                </p>
                <p className="text-ink-3 text-sm">
                  <HostileText>{identityDetails(identity)}</HostileText>
                </p>
              </div>
              <ActionForm
                action={removeSignerAction}
                label={`Remove signer ${text}`}
                className="justify-items-end gap-1"
              >
                <input type="hidden" name="id" value={id} />
                <SubmitButton isQuiet pendingText="Removing">
                  Remove
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            </li>
          ))}
        </Rows>
        <Disclosure summary="Bind a signer">
          <ActionForm action={addSignerAction} label="Bind a signer">
            {slug}
            <SignerFields />
            <SubmitButton pendingText="Binding">Bind</SubmitButton>
            <FormMessage />
          </ActionForm>
        </Disclosure>
      </Section>

      <Section id="tokens" title="Publish tokens" aside="For CI: HALLMARK_TOKEN and hallmark publish">
        <TokenList tokens={publisher.tokens} revoke={revokeTokenAction} nothing="There are no tokens." />
        <Disclosure summary="New token">
          <NewTokenForm
            action={issueTokenAction}
            label="New publish token"
            placeholder="release workflow of acme/weather"
          >
            {slug}
          </NewTokenForm>
        </Disclosure>
      </Section>

      <Section id="versions" title="Published versions">
        <Rows nothing="Nothing is published yet.">
          {publisher.versions.map((row) => (
            <li
              key={`${row.name} ${row.version}`}
              className="grid items-center gap-x-6 gap-y-1 py-2 sm:grid-cols-[minmax(0,1fr)_19rem]"
            >
              <div className="min-w-0">
                <PendingLink
                  href={serverPath(row.name, { version: row.isLatest ? undefined : row.version })}
                  className="link font-mono text-sm"
                >
                  {row.name}
                </PendingLink>{' '}
                <span className="font-mono text-ink-3 text-sm">{row.version}</span>
                <p className="text-ink-3 text-sm">
                  {row.status !== 'active' && `${row.status}, `}
                  <Time iso={row.publishedAt} />
                </p>
              </div>
              <MarkRow marks={row.marks} of={`${row.name} ${row.version}`} />
            </li>
          ))}
        </Rows>
      </Section>
    </>
  );
}

function Rows({ children, nothing }: { children: ReactNode[]; nothing: string }) {
  if (children.length === 0) return <p className="text-ink-3">{nothing}</p>;
  return <ul className="divide-y divide-line">{children}</ul>;
}

function Disclosure({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className="mt-3">
      <summary className="link w-fit text-sm">{summary}</summary>
      <div className="sheet mt-2 p-4">{children}</div>
    </details>
  );
}

function identityDetails(identity: SignerIdentity): string {
  if ('san' in identity) return identity.issuer;
  const { issuer, ownerId, repositoryId, workflow, refPattern } = identity;
  return [
    `owner ${ownerId}`,
    repositoryId ? `repository ${repositoryId}` : 'any repository',
    workflow,
    refPattern,
    issuer,
  ]
    .filter(Boolean)
    .join(' · ');
}
