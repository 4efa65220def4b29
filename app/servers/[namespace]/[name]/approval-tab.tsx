import { mayInOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { getOrgStates, type OrgState } from '#lib/orgs/allowlist/get-org-states.ts';
import { requestableTeams } from '#lib/orgs/requests/requestable-teams.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { TextArea } from '../../../forms/fields.tsx';
import { approve, revoke } from '../../../orgs/decision-actions.ts';
import { EntryTermsFields } from '../../../orgs/entry-terms-fields.tsx';
import { entryPath } from '../../../paths.ts';
import { stateSentence } from './org-state-lines.tsx';
import { RequestForm } from './request-form.tsx';
import { ToolChoice } from './tool-choice.tsx';
import { toolChoices } from './tool-choices.ts';

/** For each of the viewer's organizations: the state of this version and, for those who decide, the decision. */
export async function ApprovalTab({ server, viewer }: { server: ServerPage; viewer: Viewer }) {
  const [states, teams] = await Promise.all([
    getOrgStates({ viewer, serverName: server.name, version: server.version }),
    requestableTeams(viewer),
  ]);
  return (
    <div className="max-w-4xl">
      {states.map((state) => (
        <Section
          key={state.orgSlug}
          id={state.orgSlug}
          title={state.displayName}
          aside={
            <>
              <span className="mr-3 font-mono text-xs">{state.orgSlug}</span>
              <PendingLink href={entryPath(state.orgSlug, server.name)} className="link">
                Entry and history
              </PendingLink>
            </>
          }
        >
          <p className="mb-4">{stateSentence(state, server)}</p>
          {state.canDecide ? (
            <Decision state={state} server={server} />
          ) : mayInOrg(state.role, 'request.make') && server.status !== 'deleted' ? (
            <RequestForm
              server={server}
              orgSlug={state.orgSlug}
              displayName={state.displayName}
              teams={teams.get(state.orgSlug) ?? []}
            />
          ) : (
            <p className="text-ink-3 text-sm">Your role is {state.role}. Owners and reviewers decide.</p>
          )}
        </Section>
      ))}
    </div>
  );
}

function Decision({ state, server }: { state: OrgState; server: ServerPage }) {
  const obstacle = obstacleOf(server, state);
  const isApproved = state.allowedTools !== null;
  const target = (
    <>
      <input type="hidden" name="org" value={state.orgSlug} />
      <input type="hidden" name="server" value={server.name} />
      <input type="hidden" name="version" value={server.version} />
    </>
  );
  return (
    <div className="grid gap-6">
      {obstacle ? (
        <Notice>{obstacle}</Notice>
      ) : (
        <ActionForm action={approve} label={`Approve for ${state.displayName}`}>
          {target}
          {/* What the reviewer looked at; an approval of anything newer is refused. */}
          <input type="hidden" name="seen" value={server.scan?.toolsDigest ?? ''} />
          <ToolChoice tools={toolChoices(server)} initial={state.allowedTools ?? []} asked={state.askedTools} />
          <EntryTermsFields
            terms={state.terms}
            environments={state.choices.environments}
            defaultApprovalDays={state.choices.defaultApprovalDays}
            isNew={state.terms === null || state.state === 'expired' || state.state === 'revoked'}
            rules={state.rules}
          />
          <TextArea
            name="reason"
            label="Reason"
            hint="Stays in the audit log of the organization."
            rows={2}
            maxLength={500}
          />
          <SubmitButton pendingText="Approving">
            {isApproved ? `Approve ${server.version} again` : `Approve ${server.version}`}
          </SubmitButton>
          <FormMessage isCurrent={isApproved} />
        </ActionForm>
      )}
      {/* Stays after the revocation, which takes its fields away, to say what became of it. */}
      <ActionForm action={revoke} label={`Revoke for ${state.displayName}`}>
        {(isApproved || state.state === 'suspended') && (
          <div className="grid gap-4 border-line border-t pt-6">
            {target}
            <TextArea
              name="reason"
              label="Reason to revoke"
              hint="Goes into the revocations document, which every gateway reads."
              rows={2}
              maxLength={500}
            />
            <SubmitButton pendingText="Revoking" isQuiet>
              Revoke {server.version}
            </SubmitButton>
          </div>
        )}
        <FormMessage isCurrent={!isApproved} />
      </ActionForm>
    </div>
  );
}

/** Why the version cannot be approved, or null. */
function obstacleOf(server: ServerPage, { state, why }: OrgState): string | null {
  if (state === 'denied')
    return `Your organization denies it: "${why}". It can be approved once the denial is lifted under Allowlist, Denials.`;
  if (server.status === 'deleted') return 'This version is deleted and cannot be approved.';
  if (server.tools === null) {
    return 'The tools of this version were not seen, so there is nothing to pin, and it cannot be approved. Wait for its scan, or publish it with its tool definitions.';
  }
  return null;
}
