import { getOrgSettings } from '#lib/orgs/change-settings.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { CheckField, RadioField, TextField } from '../../../forms/fields.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { saveSettings } from './actions.ts';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Settings');

const DRIFT = [
  { value: 'accusation', label: 'A new accusation', text: 'Everything else goes back to review and stays usable.' },
  {
    value: 'permissions',
    label: 'Also more power, or another signer',
    text: 'New tools, wider permissions, a signer that changed.',
  },
  { value: 'any', label: 'Any change', text: 'Also of words.' },
  { value: 'never', label: 'Nothing', text: 'Gateways still refuse single tools that differ from what was approved.' },
];
const SCOPE = [
  {
    value: 'requested',
    label: 'What somebody asked for',
    text: 'Requests, and new versions of what is on the allowlist.',
  },
  {
    value: 'catalog',
    label: 'The whole catalog',
    text: 'In automatic mode whatever passes is approved, asked for or not.',
  },
];

export default async function OrgSettingsRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'settings');
  const { displayName, settings } = await getOrgSettings({ viewer, orgSlug: org.slug });
  return (
    <OrgFrame org={org} part="settings">
      <ActionForm action={saveSettings} label="Settings" className="max-w-2xl gap-6">
        <input type="hidden" name="orgSlug" value={org.slug} />
        <TextField name="displayName" label="Name" defaultValue={displayName} maxLength={80} />
        <RadioField
          name="suspendOnDrift"
          label="What takes an approved version off the list at once"
          hint="It is seen by scans; what is not suspended goes back to review."
          options={DRIFT}
          defaultValue={settings.suspendOnDrift}
        />
        <RadioField
          name="policyScope"
          label="What the policy looks at"
          options={SCOPE}
          defaultValue={settings.policyScope}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            name="reviewDays"
            type="number"
            min={1}
            max={90}
            label="Days until a request is overdue"
            defaultValue={settings.reviewDays}
          />
          <TextField
            name="defaultApprovalDays"
            type="number"
            min={1}
            max={3650}
            label="Days that an approval lasts"
            hint="Where the reviewer names no end. Empty: no end."
            required={false}
            defaultValue={settings.defaultApprovalDays ?? undefined}
          />
          <TextField
            name="auditRetentionDays"
            type="number"
            min={30}
            max={36500}
            label="Days that audit events are kept"
            hint="Empty: for ever."
            required={false}
            defaultValue={settings.auditRetentionDays ?? undefined}
          />
          <TextField
            name="airgapDays"
            type="number"
            min={1}
            max={365}
            label="Days that an offline export is valid"
            defaultValue={settings.airgapDays}
          />
        </div>
        <TextField
          name="environments"
          label="Environments"
          hint="Names that an approval can be locked to, such as staging, production. Gateways are started with one."
          isMono
          required={false}
          maxLength={2500}
          defaultValue={settings.environments.join(', ')}
        />
        <CheckField
          name="fourEyes"
          label="Somebody else approves"
          hint="Nobody approves what they asked for themselves."
          defaultChecked={settings.fourEyes}
        />
        <CheckField
          name="askAsDeny"
          label="Refuse tools that need a person where nobody can be asked"
          hint="Concerns exports for clients that cannot ask; without it they are left to the client."
          defaultChecked={settings.askAsDeny}
        />
        <SubmitButton pendingText="Saving">Save</SubmitButton>
        <FormMessage />
      </ActionForm>
    </OrgFrame>
  );
}
