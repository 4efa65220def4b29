import type { SeenSigner } from '#lib/publishers/bind-seen-signer.ts';
import type { BoundSigner, PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Disclosure, Rows } from '../../components/parts.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { serverPath } from '../../paths.ts';
import { signerDetails } from '../../text/signer-details.ts';
import { bindSeenSignerAction, removeSignerAction } from '../signer-actions.ts';
import { SIGNER_KINDS, SignerForm } from './signer-form.tsx';

/** Whose signatures count as the publisher's. */
export function SignersTab({ publisher }: { publisher: PublisherConsole }) {
  const { signers, seenSigners, slug, can } = publisher;
  const canManage = can['signer.manage'];
  return (
    <>
      {seenSigners.length > 0 && (
        <Section id="seen" title="Seen, not bound" aside="They signed versions of yours; the signatures are valid">
          <div className="grid gap-4">
            {seenSigners.map((seen) => (
              <SeenSignerCard key={seen.signatureId} seen={seen} publisherSlug={slug} canBind={canManage} />
            ))}
          </div>
        </Section>
      )}
      <Section id="bound" title="Bound" aside="Manifests signed by one of these count as signed">
        <Rows nothing="No signer is bound. A signature is shown as one of an unknown signer.">
          {signers.map((signer) => (
            <BoundSignerRow key={signer.id} signer={signer} canRemove={canManage} />
          ))}
        </Rows>
      </Section>
      <Section id="bind" title="Bind a signer">
        {canManage ? (
          <>
            <p className="text-ink-2 text-sm">
              The shortest way: publish a version with the bundle that <code>hallmark sign</code> writes. Its signer is
              shown here with all its numbers, and one click binds it. Or enter what you know:
            </p>
            {SIGNER_KINDS.map(([kind, label]) => (
              <Disclosure key={kind} summary={label} name="signer-kind">
                <SignerForm kind={kind} publisherSlug={slug} />
              </Disclosure>
            ))}
          </>
        ) : (
          <p className="text-ink-3">Owners of this publisher can bind and remove signers.</p>
        )}
      </Section>
    </>
  );
}

function SeenSignerCard({
  seen,
  publisherSlug,
  canBind,
}: {
  seen: SeenSigner;
  publisherSlug: string;
  canBind: boolean;
}) {
  const { signer, serverName, version } = seen;
  return (
    <article aria-label={`Signer of ${serverName} ${version}`} className="sheet p-4">
      <h3 className="font-medium">
        <HostileText>{seen.text}</HostileText>
      </h3>
      <p className="mb-3 text-ink-3 text-sm">
        Signed{' '}
        <PendingLink href={serverPath(serverName, { version })} className="link font-mono text-xs">
          {serverName} {version}
        </PendingLink>
        , verified <Time iso={seen.verifiedAt} />
      </p>
      <Facts className="sm:grid-cols-2">
        <Fact label="Issuer">
          <Mono>{signer.issuer}</Mono>
        </Fact>
        <Fact label="Repository">{signer.repository && <Mono>{signer.repository}</Mono>}</Fact>
        <Fact label="Owner id">{signer.ownerId && <Mono>{signer.ownerId}</Mono>}</Fact>
        <Fact label="Repository id">{signer.repositoryId && <Mono>{signer.repositoryId}</Mono>}</Fact>
        <Fact label="Workflow">{signer.workflow && <Mono>{signer.workflow}</Mono>}</Fact>
        <Fact label="Ref">{signer.ref && <Mono>{signer.ref}</Mono>}</Fact>
        <Fact label="Name in the certificate">
          <Mono>{signer.san}</Mono>
        </Fact>
      </Facts>
      {canBind && (
        <ActionForm
          action={bindSeenSignerAction}
          label={`Bind the signer of ${serverName} ${version}`}
          className="mt-4 gap-2"
        >
          <input type="hidden" name="publisherSlug" value={publisherSlug} />
          <input type="hidden" name="signatureId" value={seen.signatureId} />
          <p className="text-ink-2 text-sm">{boundWords(seen)} Bind it only if it is yours.</p>
          <SubmitButton pendingText="Binding">Bind the signer of version {version}</SubmitButton>
          <FormMessage />
        </ActionForm>
      )}
    </article>
  );
}

/** What binding would admit from then on. */
function boundWords({ identity }: SeenSigner): string {
  if ('san' in identity) return 'Binding admits this name from this issuer.';
  const parts = ['this owner', identity.repositoryId && 'this repository', identity.workflow && 'this workflow'];
  return `Binding admits ${parts.filter(Boolean).join(', ')}, whatever the tag or branch.`;
}

function BoundSignerRow({ signer, canRemove }: { signer: BoundSigner; canRemove: boolean }) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-mono text-sm">
          <HostileText>{signer.text}</HostileText>
        </p>
        <p className="text-ink-3 text-sm">
          <HostileText>{signerDetails(signer.identity)}</HostileText>
        </p>
        <p className="text-ink-3 text-sm">
          Bound <Time iso={signer.createdAt} />
        </p>
      </div>
      {canRemove && (
        <ActionForm
          action={removeSignerAction}
          label={`Remove signer ${signer.text}`}
          className="justify-items-end gap-1"
        >
          <input type="hidden" name="id" value={signer.id} />
          <SubmitButton isQuiet pendingText="Removing">
            Remove
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      )}
    </li>
  );
}

const Mono = ({ children }: { children: string }) => (
  <span className="break-all font-mono text-xs">
    <HostileText>{children}</HostileText>
  </span>
);
