import type { EntryPage, EntryVersionView } from '#lib/orgs/allowlist/get-entry.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../../../forms/action-form.tsx';
import { TextArea } from '../../../../../forms/fields.tsx';
import { decideEntry } from '../../../allowlist-actions.ts';

/** Suspend, reinstate or revoke: the whole entry, or one version of it. Stays to say what became of it. */
export function DecideEntry({
  entry,
  orgSlug,
  version,
}: {
  entry: EntryPage;
  orgSlug: string;
  version: EntryVersionView | null;
}) {
  const states = new Set((version === null ? entry.versions : [version]).map(({ state }) => state));
  const [canSuspend, canReinstate] = [states.has('approved'), states.has('suspended')];
  const canRevoke = canSuspend || canReinstate || states.has('expired');
  const what = version === null ? 'all of it' : version.version;
  return (
    <details className="text-sm">
      <summary className="link w-fit">
        {version === null
          ? 'Suspend, reinstate or revoke all of it'
          : `Suspend, reinstate or revoke ${version.version}`}
      </summary>
      <ActionForm action={decideEntry} label={`Decide about ${what}`} className="mt-2 gap-3">
        <input type="hidden" name="org" value={orgSlug} />
        <input type="hidden" name="server" value={entry.serverName} />
        <input type="hidden" name="version" value={version?.version ?? ''} />
        {canRevoke ? (
          <>
            <TextArea
              name="reason"
              label="Reason"
              hint="Of a suspension or revocation it goes into the revocations document, which every gateway reads."
              rows={2}
              maxLength={500}
            />
            <div className="flex flex-wrap gap-2">
              {canReinstate && (
                <SubmitButton name="act" value="reinstate" pendingText="Reinstating" isQuiet>
                  Reinstate
                </SubmitButton>
              )}
              {canSuspend && (
                <SubmitButton name="act" value="suspend" pendingText="Suspending" isQuiet>
                  Suspend
                </SubmitButton>
              )}
              <SubmitButton name="act" value="revoke" pendingText="Revoking" isQuiet>
                Revoke
              </SubmitButton>
            </div>
          </>
        ) : (
          <p className="text-ink-3">It is revoked. Approving a version of it puts it back on the list.</p>
        )}
        <FormMessage />
      </ActionForm>
    </details>
  );
}
