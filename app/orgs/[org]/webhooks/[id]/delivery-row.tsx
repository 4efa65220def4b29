import type { DeliveryView } from '#lib/webhooks/list-webhooks.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { Time } from '../../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../forms/action-form.tsx';
import { countOf } from '../../../../text/count-of.ts';
import { replayOne } from '../actions.ts';

const STATE = { pending: 'waiting', delivered: 'delivered', failed: 'given up' } as const;

export function DeliveryRow({
  delivery,
  orgSlug,
  webhookId,
  canReplay,
}: {
  delivery: DeliveryView;
  orgSlug: string;
  webhookId: string;
  canReplay: boolean;
}) {
  const isTest = delivery.kind === 'webhook.test';
  return (
    <details>
      <summary className="grid cursor-pointer gap-x-4 gap-y-0.5 sm:grid-cols-[3.5rem_minmax(0,1fr)_auto]">
        <span className="font-mono text-ink-3">{isTest ? 'test' : delivery.seq}</span>
        <span className="min-w-0">
          <code>{delivery.kind}</code>{' '}
          <span className="text-ink-3">
            <Time iso={delivery.createdAt} withTime hint={false} />
            {delivery.replayOf && ', again'}
          </span>
        </span>
        <span className={delivery.state === 'delivered' ? 'text-ink-2' : 'font-medium'}>
          {STATE[delivery.state]}
          {delivery.status !== null && ` · ${delivery.status}`}
          {delivery.ms !== null && ` · ${delivery.ms} ms`}
        </span>
      </summary>
      <div className="mt-2 mb-1 grid gap-2 border-line border-l-2 pl-3">
        <p className="text-ink-3">
          Delivery <code className="break-all">{delivery.id}</code>, {countOf(delivery.attempts, 'try', 'tries')}
          {delivery.nextAt && (
            <>
              , next <Time iso={delivery.nextAt} withTime />
            </>
          )}
        </p>
        {delivery.error && (
          <p>
            <HostileText>{delivery.error}</HostileText>
          </p>
        )}
        {delivery.response && (
          <pre className="max-h-48 overflow-auto whitespace-pre-wrap break-all rounded-md bg-well p-2 font-mono text-xs">
            <HostileText>{delivery.response}</HostileText>
          </pre>
        )}
        {canReplay && !isTest && delivery.state !== 'pending' && (
          <ActionForm action={replayOne} label={`Send event ${delivery.seq} again`} className="gap-2">
            <input type="hidden" name="org" value={orgSlug} />
            <input type="hidden" name="id" value={webhookId} />
            <input type="hidden" name="delivery" value={delivery.id} />
            <SubmitButton isQuiet pendingText="Sending">
              Send again
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        )}
      </div>
    </details>
  );
}
