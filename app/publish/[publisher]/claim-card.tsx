import type { ClaimView } from '#lib/publishers/proofs/types.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { HostileText } from '../../components/hostile-text.tsx';
import { Tag } from '../../components/parts.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { TextField } from '../../forms/fields.tsx';
import { cancelClaimAction, checkClaimAction } from '../namespace-actions.ts';
import { ProofCheckFacts } from './proof-check.tsx';

const METHOD: Record<ClaimView['method'], string> = { dns: 'by DNS', http: 'by HTTP', github: 'through GitHub' };

/** A claim under way: what to do, with what to copy, and what the last look at it saw. */
export function ClaimCard({
  claim,
  publisherSlug,
  canClaim,
}: {
  claim: ClaimView;
  publisherSlug: string;
  canClaim: boolean;
}) {
  const { id, namespace, method, instructions, lastCheck, expiresAt } = claim;
  return (
    <article id={`claim-${id}`} aria-label={`Claim of ${namespace} ${METHOD[method]}`} className="sheet p-4">
      <h3>
        <span className="font-medium font-mono text-sm">{namespace}</span>
        <Tag>{METHOD[method]}</Tag>
      </h3>
      <ol className="mt-3 grid gap-4">
        {instructions.map(({ title, text, copy }, index) => (
          <li key={title} className="text-sm">
            <p className="font-medium">
              {index + 1}. <HostileText>{title}</HostileText>
            </p>
            <p className="mb-1.5 text-ink-2">
              <HostileText>{text}</HostileText>
            </p>
            {copy !== null && <CodeBlock text={copy} what={title} />}
          </li>
        ))}
      </ol>
      {canClaim ? (
        <ActionForm action={checkClaimAction} label={`Check ${namespace}`} className="mt-4 gap-3">
          <input type="hidden" name="publisherSlug" value={publisherSlug} />
          <input type="hidden" name="namespace" value={namespace} />
          <input type="hidden" name="claimId" value={id} />
          {method === 'github' && (
            <TextField
              name="githubToken"
              label="GitHub access token"
              type="password"
              isMono
              required={false}
              hint="For an organization, or where you are not signed in here with GitHub. Used for this one check and not kept."
            />
          )}
          <SubmitButton pendingText="Looking">Check now</SubmitButton>
          <FormMessage />
        </ActionForm>
      ) : (
        <p className="mt-4 text-ink-3 text-sm">Owners of this publisher can check it.</p>
      )}
      <div className="mt-4 border-line border-t pt-3">
        {lastCheck ? (
          <ProofCheckFacts check={lastCheck} title={`Last check of ${namespace}`} />
        ) : (
          <p className="text-ink-3 text-sm">It was not checked yet.</p>
        )}
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t pt-3 text-ink-3 text-sm">
        <p>
          These instructions hold until <Time iso={expiresAt} />.
        </p>
        {canClaim && (
          <ActionForm action={cancelClaimAction} label={`Give up the claim of ${namespace}`} className="ml-auto">
            <input type="hidden" name="claimId" value={id} />
            <SubmitButton isQuiet pendingText="Giving up">
              Give up
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        )}
      </div>
    </article>
  );
}
