import { notFound } from 'next/navigation';
import { DomainError } from '#lib/http/domain-error.ts';
import { deliveryFilterSchema, listDeliveries, listWebhooks } from '#lib/webhooks/list-webhooks.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { Section } from '../../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../forms/action-form.tsx';
import { TextField } from '../../../../forms/fields.tsx';
import { orgPath } from '../../../../paths.ts';
import { firstValues } from '../../../../text/audit-query.ts';
import { OrgFrame, openOrg, orgMetadata } from '../../org-frame.tsx';
import { replay } from '../actions.ts';
import { DeliveryFilter } from './delivery-filter.tsx';
import { DeliveryRow } from './delivery-row.tsx';

type Props = {
  params: Promise<{ org: string; id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const LINK = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Deliveries');

export default async function DeliveriesRoute({ params, searchParams }: Props) {
  const { viewer, org } = await openOrg(params, 'webhooks');
  const { id } = await params;
  const filter = deliveryFilterSchema.parse(firstValues(await searchParams));
  const [webhooks, log] = await Promise.all([
    listWebhooks({ viewer, orgSlug: org.slug }),
    listDeliveries({ viewer, orgSlug: org.slug, webhookId: id, filter }).catch(nullIfAbsent),
  ]);
  const webhook = webhooks.find((one) => one.id === id);
  if (!webhook || !log) notFound();
  const narrowed = Object.fromEntries(
    Object.entries({ state: filter.state, kind: filter.kind }).filter(([, value]) => value !== null),
  ) as Record<string, string>;
  const path = (query: Record<string, string> = {}) => orgPath(org.slug, `webhooks/${id}`, query);
  return (
    <OrgFrame org={org} part="webhooks">
      <div className="max-w-4xl">
        <p className="mb-1 text-sm">
          <PendingLink href={orgPath(org.slug, 'webhooks')} className="link">
            All webhooks
          </PendingLink>
        </p>
        <h2 className="mb-4 text-wrap break-all font-mono text-sm">
          <HostileText>{webhook.url}</HostileText>
        </h2>
        <DeliveryFilter state={filter.state} kind={filter.kind} />
        {log.deliveries.length === 0 && (
          <p className="border-line border-t pt-3 text-ink-3">
            {Object.keys(narrowed).length > 0 ? 'No delivery is like that.' : 'Nothing was sent yet.'}
          </p>
        )}
        <ol className="divide-y divide-line border-line border-y empty:hidden">
          {log.deliveries.map((delivery) => (
            <li key={delivery.id} className="py-2 text-sm">
              <DeliveryRow delivery={delivery} orgSlug={org.slug} webhookId={id} canReplay={!webhook.disabledAt} />
            </li>
          ))}
        </ol>
        <nav aria-label="Pages" className="mt-4 flex gap-3 text-sm empty:hidden">
          {filter.after && (
            <PendingLink href={path(narrowed)} className={LINK}>
              Newest
            </PendingLink>
          )}
          {log.next && (
            <PendingLink rel="next" href={path({ ...narrowed, after: log.next })} className={LINK}>
              Earlier
            </PendingLink>
          )}
        </nav>
        <Section id="replay" title="Send events again">
          <ActionForm action={replay} label="Send events again" className="max-w-md">
            <input type="hidden" name="org" value={org.slug} />
            <input type="hidden" name="id" value={id} />
            <p className="text-ink-3 text-sm">
              Events by their numbers in the audit log, those of this webhook's kinds, up to 1,000 at once.
            </p>
            <div className="grid grid-cols-2 gap-3">
              <TextField name="from" label="From event" type="number" min={1} />
              <TextField name="to" label="To event" type="number" min={1} />
            </div>
            <SubmitButton isQuiet pendingText="Sending">
              Send again
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        </Section>
      </div>
    </OrgFrame>
  );
}

function nullIfAbsent(error: unknown): null {
  if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
  throw error;
}
