import type { ChainPoint } from '#lib/audit/chain.ts';
import type { ChainState } from '#lib/audit/verify-chain.ts';
import { Digest } from '../../../components/digest.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { formatNumber } from '../../../text/count-of.ts';
import { verifyNow } from './actions.ts';

/** Whether the chain holds, as far as it was looked at, and the hash to note down. */
export function ChainNote({ orgSlug, head, state }: { orgSlug: string; head: ChainPoint; state: ChainState | null }) {
  return (
    <div className="sheet mb-5 grid gap-3 p-4 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="grid gap-1">
        <p>
          {state === null && 'Each event carries the hash of the one before it. The chain was not verified yet.'}
          {state?.broken && (
            <>
              <strong className="font-semibold">The chain does not hold:</strong> {state.broken.message}. Looked at{' '}
              <Time iso={state.at} withTime />.
            </>
          )}
          {state && !state.broken && (
            <>
              <strong className="font-semibold">Verified up to event {formatNumber(state.head.seq)}</strong>,{' '}
              <Time iso={state.at} withTime />.{' '}
              {state.from > 1 && `Retention removed what came before event ${formatNumber(state.from)}.`}
            </>
          )}
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-ink-3">
          Newest event {formatNumber(head.seq)}, to note down elsewhere:{' '}
          <Digest value={head.hash} what={`the hash of event ${head.seq}`} />
        </p>
      </div>
      <ActionForm
        action={verifyNow}
        label="Verify the chain"
        className="justify-items-start gap-2 sm:justify-items-end"
      >
        <input type="hidden" name="org" value={orgSlug} />
        <SubmitButton isQuiet pendingText="Verifying">
          Verify now
        </SubmitButton>
        <FormMessage />
      </ActionForm>
    </div>
  );
}
