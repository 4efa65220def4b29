import type { WebhookView } from '#lib/webhooks/list-webhooks.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { orgPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { change, remove, rotate, test } from './actions.ts';
import { NewSecret } from './new-secret.tsx';
import { WebhookFields } from './webhook-fields.tsx';

export function WebhookCard({ webhook, orgSlug }: { webhook: WebhookView; orgSlug: string }) {
  const host = new URL(webhook.url).host;
  const target = (
    <>
      <input type="hidden" name="org" value={orgSlug} />
      <input type="hidden" name="id" value={webhook.id} />
    </>
  );
  return (
    <>
      <h2 className="text-wrap break-all font-mono text-sm">
        <HostileText>{webhook.url}</HostileText>
      </h2>
      <p className="mt-1 text-ink-3 text-sm">
        <code>{webhook.kinds.join(', ')}</code> · <WebhookState webhook={webhook} />
      </p>
      {webhook.disabledAt && (
        <Notice className="mt-3">
          Stopped <Time iso={webhook.disabledAt} />: {webhook.disabledReason?.replace(/\.$/, '')}. Save it under Change
          to let it send again.
        </Notice>
      )}
      <div className="mt-3 flex flex-wrap items-start gap-3 text-sm">
        <PendingLink
          href={orgPath(orgSlug, `webhooks/${webhook.id}`)}
          className="w-fit rounded-md border border-line-strong px-3.5 py-1.5 font-medium hover:bg-well"
        >
          Deliveries
        </PendingLink>
        <ActionForm action={test} label={`Test ${host}`} className="gap-2">
          {target}
          <SubmitButton isQuiet pendingText="Testing">
            Test
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      </div>
      <details className="mt-3 text-sm">
        <summary className="link w-fit">Change</summary>
        <ActionForm action={change} label={`Change ${host}`} className="mt-3">
          {target}
          <WebhookFields url={webhook.url} kinds={webhook.kinds} />
          <SubmitButton pendingText="Saving">Save</SubmitButton>
          <FormMessage />
        </ActionForm>
        <div className="mt-5 grid gap-4 border-line border-t pt-4">
          <ActionForm action={rotate} label={`New secret for ${host}`} className="gap-2">
            {target}
            <p className="max-w-prose text-ink-3">
              A new secret signs from now on; the one before it signs too for 24 hours.
              {webhook.overlapUntil && (
                <>
                  {' '}
                  Both sign until <Time iso={webhook.overlapUntil} withTime />.
                </>
              )}
            </p>
            <SubmitButton isQuiet pendingText="Making">
              New secret
            </SubmitButton>
            <FormMessage />
            <NewSecret />
          </ActionForm>
          <ActionForm action={remove} label={`Remove ${host}`} className="gap-2">
            {target}
            <p className="max-w-prose text-ink-3">What waits to be sent is dropped, and the log goes with it.</p>
            <SubmitButton isQuiet pendingText="Removing">
              Remove webhook
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        </div>
      </details>
    </>
  );
}

function WebhookState({ webhook: { failingSince, failures, waiting, lastDeliveredAt } }: { webhook: WebhookView }) {
  return (
    <>
      {failingSince ? (
        <strong className="font-semibold text-ink">
          {countOf(failures, 'failure')} in a row since <Time iso={failingSince} />
        </strong>
      ) : lastDeliveredAt ? (
        <>
          last delivered <Time iso={lastDeliveredAt} />
        </>
      ) : (
        'nothing delivered yet'
      )}
      {waiting > 0 && `, ${countOf(waiting, 'event')} waiting`}
    </>
  );
}
