import type { ServerPage } from '#lib/catalog/views.ts';
import type { OrgState } from '#lib/orgs/allowlist/get-org-states.ts';
import type { RequestPage } from '#lib/orgs/requests/get-request.ts';
import { Notice } from '../../../../components/notice.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../forms/action-form.tsx';
import { TextArea } from '../../../../forms/fields.tsx';
import { ToolChoice } from '../../../../servers/[namespace]/[name]/tool-choice.tsx';
import { toolChoices } from '../../../../servers/[namespace]/[name]/tool-choices.ts';
import { EntryTermsFields } from '../../../entry-terms-fields.tsx';
import { decideOne } from '../actions.ts';
import { presetOf } from './decision-preset.ts';

/** Approve with terms, as an exception where the policy denies it, or deny. */
export function DecisionForm({
  request,
  server,
  state,
}: {
  request: RequestPage;
  server: ServerPage;
  /** What the organization says about the version now. */
  state: OrgState;
}) {
  const isDenied = request.verdict?.outcome === 'deny';
  const choices = toolChoices(server);
  const preset = presetOf({ request, state, choices, now: new Date() });
  const obstacle = obstacleOf(server, state);
  return (
    <section aria-labelledby="decision-title" className="sheet p-4">
      <h2 id="decision-title" className="mb-3 font-semibold">
        Decision for {state.displayName}
      </h2>
      <ActionForm action={decideOne} label="Decide about the request">
        <input type="hidden" name="org" value={state.orgSlug} />
        <input type="hidden" name="id" value={request.id} />
        {obstacle ? (
          <Notice>{obstacle}</Notice>
        ) : (
          <>
            {isDenied && (
              <Notice>The policy denies it. Approved all the same it is an exception, which has an end.</Notice>
            )}
            {/* What the reviewer looked at; an approval of anything newer is refused. */}
            <input type="hidden" name="seen" value={server.scan?.toolsDigest ?? ''} />
            <ToolChoice tools={choices} initial={preset.tools} asked={preset.asked} />
            <EntryTermsFields
              terms={preset.terms}
              environments={state.choices.environments}
              defaultApprovalDays={state.choices.defaultApprovalDays}
              isNew={preset.isNew}
              rules={state.rules}
            />
          </>
        )}
        <TextArea
          name="reason"
          label="Reason"
          hint="Who asked reads it, and it stays in the audit log."
          rows={2}
          maxLength={500}
        />
        <div className="flex flex-wrap gap-3">
          {!obstacle && (
            <SubmitButton name="decision" value={isDenied ? 'exception' : 'approve'} pendingText="Approving">
              {isDenied ? 'Approve as an exception' : 'Approve'}
            </SubmitButton>
          )}
          <SubmitButton name="decision" value="deny" pendingText="Denying" isQuiet>
            {request.kind === 'drift' ? `Deny and revoke ${request.version}` : 'Deny'}
          </SubmitButton>
        </div>
        <FormMessage />
      </ActionForm>
    </section>
  );
}

/** Why the version cannot be approved, or null. */
function obstacleOf(server: ServerPage, { state, why }: OrgState): string | null {
  if (state === 'denied')
    return `Your organization denies it: "${why}". It can be approved once the denial is lifted under Allowlist, Denials.`;
  if (server.tools === null)
    return 'The tools of this version were not seen, so it cannot be approved. Wait for its scan.';
  return null;
}
