import { listWebhooks } from '#lib/webhooks/list-webhooks.ts';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { add } from './actions.ts';
import { NewSecret } from './new-secret.tsx';
import { WebhookCard } from './webhook-card.tsx';
import { WebhookFields } from './webhook-fields.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Webhooks');

export default async function OrgWebhooksRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'webhooks');
  const webhooks = await listWebhooks({ viewer, orgSlug: org.slug });
  return (
    <OrgFrame org={org} part="webhooks">
      <div className="max-w-3xl">
        <p className="mb-5 max-w-prose text-ink-3 text-sm">
          Every event of this organization is sent as a signed POST to the addresses below that want its kind. What
          fails is tried again for a day.
        </p>
        {webhooks.length === 0 && <p className="mb-8">Nothing is sent anywhere yet.</p>}
        <ul className="grid gap-4 empty:hidden">
          {webhooks.map((webhook) => (
            <li key={webhook.id} className="sheet p-4">
              <WebhookCard webhook={webhook} orgSlug={org.slug} />
            </li>
          ))}
        </ul>
        <Section id="add" title="Add a webhook" className="mt-8">
          <ActionForm action={add} label="Add a webhook">
            <input type="hidden" name="org" value={org.slug} />
            <WebhookFields />
            <SubmitButton pendingText="Adding">Add webhook</SubmitButton>
            <FormMessage />
            <NewSecret />
          </ActionForm>
        </Section>
      </div>
    </OrgFrame>
  );
}
