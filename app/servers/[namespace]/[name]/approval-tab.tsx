import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { getOrgStates, type OrgState } from '#lib/orgs/get-org-states.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { TextArea } from '../../../forms/fields.tsx';
import { decide } from '../../../orgs/decision-actions.ts';
import { isSelectable } from '../../../orgs/tool-selection.ts';
import { annotationWords } from '../../../text/annotations.ts';
import { stateSentence } from './org-state-lines.tsx';
import { ToolChoice } from './tool-choice.tsx';

/** For each of the viewer's organizations: the state of this version and, for those who decide, the decision. */
export async function ApprovalTab({ server, viewer }: { server: ServerPage; viewer: Viewer }) {
  const states = await getOrgStates({ viewer, serverName: server.name, version: server.version });
  return (
    <div className="max-w-4xl">
      {states.map((state) => (
        <Section
          key={state.orgSlug}
          id={state.orgSlug}
          title={state.displayName}
          aside={
            <PendingLink href={`/orgs/${state.orgSlug}`} className="link">
              Allowlist
            </PendingLink>
          }
        >
          <p className="mb-4">{stateSentence(state, server)}</p>
          {state.canDecide ? (
            <Decision state={state} server={server} />
          ) : (
            <p className="text-ink-3 text-sm">Your role is {state.role}. Owners and reviewers decide.</p>
          )}
        </Section>
      ))}
    </div>
  );
}

function Decision({ state, server }: { state: OrgState; server: ServerPage }) {
  const accused = new Set(
    server.scan?.findings
      .filter((finding) => finding.class === 'accusation')
      .map((finding) => finding.location.subject),
  );
  const obstacle = obstacleOf(server);
  const isApproved = state.state === 'approved';
  return (
    <>
      {obstacle && <Notice className="mb-4">{obstacle}</Notice>}
      {(obstacle === null || isApproved) && (
        <ActionForm action={decide} label={`Decide for ${state.displayName}`}>
          <input type="hidden" name="org" value={state.orgSlug} />
          <input type="hidden" name="server" value={server.name} />
          <input type="hidden" name="version" value={server.version} />
          {obstacle === null && (
            <ToolChoice
              tools={(server.tools ?? []).map((tool) => ({
                name: tool.name,
                about: annotationWords(tool.annotations).join(', ') || 'no hints',
                isSelectable: isSelectable(tool.name),
                isAccused: accused.has(tool.name),
              }))}
              initial={state.allowedTools ?? []}
            />
          )}
          <TextArea
            name="reason"
            label="Reason"
            hint="Stays in the audit log. The reason of a revocation is also told to every gateway."
            rows={2}
            maxLength={500}
          />
          <div className="flex flex-wrap gap-3">
            {obstacle === null && (
              <SubmitButton name="decision" value="approve" pendingText="Approving">
                {isApproved ? `Approve ${server.version} again` : `Approve ${server.version}`}
              </SubmitButton>
            )}
            {isApproved && (
              <SubmitButton name="decision" value="revoke" pendingText="Revoking" isQuiet>
                Revoke {server.version}
              </SubmitButton>
            )}
          </div>
          <FormMessage />
        </ActionForm>
      )}
    </>
  );
}

/** Why the version cannot be approved, or null. */
function obstacleOf(server: ServerPage): string | null {
  if (server.status === 'deleted') return 'This version was deleted by its publisher and cannot be approved.';
  if (server.tools === null) {
    return 'The tools of this version were not seen, so there is nothing to pin, and it cannot be approved. Wait for its scan, or publish it with its tool definitions.';
  }
  return null;
}
