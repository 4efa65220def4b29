import type { MailSettings as Settings } from '#lib/notices/wants-mail.ts';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { setMail } from './actions.ts';

/** Of which organizations mail comes; a switch each. */
export function MailSettings({ settings: { isConfigured, orgs } }: { settings: Settings }) {
  return (
    <>
      {!isConfigured && <p className="mb-2 text-ink-3">This instance sends no mail: its admin has not set SMTP_URL.</p>}
      {isConfigured && orgs.length === 0 && <p className="text-ink-3">You belong to no organization.</p>}
      <ul className="divide-y divide-line">
        {orgs.map(({ slug, displayName, wantsMail }) => (
          <li key={slug} className="py-2">
            <ActionForm
              action={setMail}
              label={`Mail of ${displayName}`}
              className="grid-cols-[minmax(0,1fr)_auto] items-center gap-2 text-sm"
            >
              <input type="hidden" name="org" value={slug} />
              <input type="hidden" name="wantsMail" value={wantsMail ? 'no' : 'yes'} />
              <span>
                {displayName}: <span className="text-ink-2">{wantsMail ? 'notices come by mail' : 'no mail'}</span>
              </span>
              <SubmitButton isQuiet pendingText="Saving">
                {wantsMail ? 'Turn off' : 'Turn on'}
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </li>
        ))}
      </ul>
    </>
  );
}
