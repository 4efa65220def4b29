import type { ConsoleNamespace } from '#lib/publishers/console-namespace.ts';
import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { Notice } from '../../components/notice.tsx';
import { Disclosure, Rows, Tag } from '../../components/parts.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { TextArea, TextField } from '../../forms/fields.tsx';
import { proofWord } from '../../text/words.ts';
import { checkNamespaceAction, grantNamespaceAction } from '../namespace-actions.ts';
import { offerTransferAction } from '../offer-actions.ts';
import { ClaimCard } from './claim-card.tsx';
import { ClaimForm } from './claim-form.tsx';
import { ProofCheckFacts } from './proof-check.tsx';

/** What the publisher holds, what it is about to prove, and how to claim more. */
export function NamespacesTab({ publisher, proven }: { publisher: PublisherConsole; proven: unknown }) {
  const { namespaces, claims, can } = publisher;
  const news = namespaces.find(({ name, state }) => name === proven && state === 'proven');
  return (
    <>
      {news && (
        <Notice role="status" className="mb-6">
          <span className="font-mono">{news.name}</span> is proven. What this publisher publishes under it shows as
          verified.
        </Notice>
      )}
      {claims.length > 0 && (
        <Section id="claims" title="Being proven" aside="Do what is said, then check">
          <div className="grid gap-4">
            {claims.map((claim) => (
              <ClaimCard
                key={claim.id}
                claim={claim}
                publisherSlug={publisher.slug}
                canClaim={can['namespace.claim']}
              />
            ))}
          </div>
        </Section>
      )}
      <Section id="held" title="Held" aside="Each proof is checked again every day">
        <Rows nothing="This publisher holds no namespace yet, so it cannot publish.">
          {namespaces.map((namespace) => (
            <Namespace key={namespace.name} namespace={namespace} publisher={publisher} />
          ))}
        </Rows>
      </Section>
      <Section id="claim" title={namespaces.length > 0 ? 'Claim another namespace' : 'Claim a namespace'}>
        {can['namespace.claim'] ? (
          <ClaimForm publisherSlug={publisher.slug} />
        ) : (
          <p className="text-ink-3">Owners of this publisher can claim namespaces.</p>
        )}
        {can['namespace.grant'] && (
          <Disclosure summary="Grant a namespace without a proof">
            <ActionForm action={grantNamespaceAction} label="Grant a namespace">
              <input type="hidden" name="publisherSlug" value={publisher.slug} />
              <TextField
                name="namespace"
                label="Namespace"
                placeholder="com.example"
                isMono
                maxLength={150}
                hint="As an admin you give the right to publish under it. The publisher stays as verified as it is."
              />
              <SubmitButton pendingText="Granting" isQuiet>
                Grant
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </Disclosure>
        )}
      </Section>
    </>
  );
}

const STATE: Record<ConsoleNamespace['state'], string> = {
  proven: 'proven',
  failing: 'proven, proof not seen lately',
  lapsed: 'proof lapsed',
  granted: 'granted',
  demonstration: 'demonstration',
};

function Namespace({ namespace, publisher }: { namespace: ConsoleNamespace; publisher: PublisherConsole }) {
  const { name, state, lastCheck } = namespace;
  const isCheckable = state !== 'granted' && state !== 'demonstration';
  return (
    <li aria-label={name} className="py-3">
      <p>
        <span className="font-medium font-mono text-sm">{name}</span>
        <Tag>{STATE[state]}</Tag>
      </p>
      <p className="text-ink-2 text-sm">
        <Standing namespace={namespace} />
      </p>
      {(lastCheck || isCheckable) && (
        <Disclosure summary={lastCheck ? 'Last check' : 'Check'} isOpen={state === 'failing' || state === 'lapsed'}>
          <div className="grid gap-3">
            {lastCheck ? (
              <ProofCheckFacts check={lastCheck} title={`Last check of ${name}`} />
            ) : (
              <p className="text-ink-3 text-sm">It was not checked since it was proven.</p>
            )}
            {isCheckable && publisher.can['namespace.claim'] && (
              <ActionForm action={checkNamespaceAction} label={`Check ${name} now`} className="gap-2">
                <input type="hidden" name="namespace" value={name} />
                <SubmitButton isQuiet pendingText="Looking">
                  Check now
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
          </div>
        </Disclosure>
      )}
      {state !== 'demonstration' && publisher.can['namespace.transfer'] && (
        <Disclosure summary="Transfer to another publisher">
          <TransferForm namespace={name} />
        </Disclosure>
      )}
    </li>
  );
}

/** How the proof stands, in sentences. */
function Standing({ namespace }: { namespace: ConsoleNamespace }) {
  const { state, proofKind, provenAt, confirmedAt, failingSince, nextCheckAt } = namespace;
  const first = proofWord(proofKind);
  const how = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
  if (state === 'granted' || state === 'demonstration') {
    return (
      <>
        {how}, <Time iso={provenAt} />.
      </>
    );
  }
  return (
    <>
      {how}, <Time iso={provenAt} />.{' '}
      {failingSince ? (
        <>
          Not seen since <Time iso={failingSince} />.{' '}
          {state === 'failing'
            ? 'After seven days without it, the publisher is unverified for this namespace.'
            : 'The publisher is unverified for this namespace until the proof is seen again.'}
        </>
      ) : (
        confirmedAt && (
          <>
            Last seen <Time iso={confirmedAt} />.
          </>
        )
      )}{' '}
      {nextCheckAt && (
        <>
          Next check <Time iso={nextCheckAt} />.
        </>
      )}
    </>
  );
}

function TransferForm({ namespace }: { namespace: string }) {
  return (
    <ActionForm action={offerTransferAction} label={`Transfer ${namespace}`} className="gap-3">
      <input type="hidden" name="namespace" value={namespace} />
      <p className="text-ink-2 text-sm">
        Nothing changes until an owner of the other publisher accepts, within 14 days. Then its tokens publish under{' '}
        <span className="font-mono text-xs">{namespace}</span> and yours no longer, and signatures count when its
        signers made them.
      </p>
      <TextField
        name="toPublisherSlug"
        label="Short name of the other publisher"
        isMono
        maxLength={40}
        placeholder="acme-labs"
      />
      <TextArea
        name="message"
        label="Message"
        rows={2}
        required={false}
        maxLength={500}
        hint="For its owners. Optional."
      />
      <SubmitButton pendingText="Offering" isQuiet>
        Offer transfer
      </SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
