import { Notice } from '../../../components/notice.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { CheckField, TextArea } from '../../../forms/fields.tsx';
import { lockDown, unlock } from '../allowlist-actions.ts';
import { AllowlistNav } from '../allowlist-nav.tsx';
import { can, OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Lockdown');

/** Asks the database for nothing but what stands above every page of the console. */
export default async function OrgLockdownRoute({ params }: Props) {
  const { org } = await openOrg(params, 'allowlist');
  const isLocked = org.lockdownReason !== null;
  const canDecide = can(org, 'allowlist.decide');
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistNav slug={org.slug} current="lockdown" />
      <div className="grid max-w-2xl gap-5">
        <h2 className="font-semibold text-lg">{isLocked ? 'Locked down' : 'Lock everything down'}</h2>
        <p className="text-ink-2">
          {isLocked
            ? 'The feed allows nothing. Entries, denials and requests are as they were; decisions made now count once the lockdown ends.'
            : 'Every gateway of this organization refuses every server and ends open sessions, from its next poll on. Registry views and exports are empty. Entries stay as they are, and ending the lockdown brings them back.'}
        </p>
        {!canDecide && <Notice>Owners and reviewers start and end a lockdown.</Notice>}
        {canDecide && (
          <ActionForm
            action={isLocked ? unlock : lockDown}
            label={isLocked ? 'End the lockdown' : 'Lock everything down'}
          >
            <input type="hidden" name="org" value={org.slug} />
            <TextArea
              name="reason"
              label="Reason"
              hint={isLocked ? 'Stays in the audit log.' : 'Shown to every member, and kept in the audit log.'}
              rows={2}
              maxLength={500}
            />
            {!isLocked && (
              <CheckField
                name="confirm"
                label={`Every gateway of ${org.displayName} is to stop.`}
                hint={
                  org.approvedServers === 1
                    ? '1 approved server becomes unusable.'
                    : `${org.approvedServers} approved servers become unusable.`
                }
              />
            )}
            <SubmitButton pendingText={isLocked ? 'Ending' : 'Locking down'}>
              {isLocked ? 'End the lockdown' : 'Lock everything down'}
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        )}
      </div>
    </OrgFrame>
  );
}
