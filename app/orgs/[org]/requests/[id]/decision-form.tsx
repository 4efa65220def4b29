import type { ServerPage } from '#lib/catalog/views.ts';
import type { RequestPage } from '#lib/orgs/requests/get-request.ts';
import { Notice } from '../../../../components/notice.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../forms/action-form.tsx';
import { SelectField, TextArea, TextField } from '../../../../forms/fields.tsx';
import { ToolChoice } from '../../../../servers/[namespace]/[name]/tool-choice.tsx';
import { toolChoices } from '../../../../servers/[namespace]/[name]/tool-choices.ts';
import { decideOne } from '../actions.ts';

const RULES = [
  ['exact', 'this version alone'],
  ['latest-approved', 'the latest approved one'],
] as const;

/** Approve with terms, as an exception where the policy denies it, or deny. */
export function DecisionForm({
  request,
  server,
  orgSlug,
  displayName,
}: {
  request: RequestPage;
  server: ServerPage;
  orgSlug: string;
  displayName: string;
}) {
  const isDenied = request.verdict?.outcome === 'deny';
  const wanted = request.toolPolicy && Object.keys(request.toolPolicy.rules);
  const allowed = request.approved.find(({ version }) => version === request.version)?.tools ?? [];
  const choices = toolChoices(server);
  const initial = wanted === null ? choices.filter((one) => one.isSelectable).map(({ name }) => name) : wanted;
  return (
    <section aria-labelledby="decision-title" className="sheet p-4 lg:sticky lg:top-4">
      <h2 id="decision-title" className="mb-3 font-semibold">
        Decision for {displayName}
      </h2>
      <ActionForm action={decideOne} label="Decide about the request">
        <input type="hidden" name="org" value={orgSlug} />
        <input type="hidden" name="id" value={request.id} />
        {server.tools === null ? (
          <Notice>The tools of this version were not seen, so it cannot be approved. Wait for its scan.</Notice>
        ) : (
          <>
            {/* What the reviewer looked at; an approval of anything newer is refused. */}
            <input type="hidden" name="seen" value={server.scan?.toolsDigest ?? ''} />
            <ToolChoice tools={choices} initial={[...new Set([...allowed, ...initial])]} />
            <SelectField name="rule" label="Versions" options={RULES} defaultValue={ruleOf(request)} />
            <TextField
              name="until"
              type="date"
              label="Until"
              hint={isDenied ? 'An exception needs an end.' : 'Empty: no end.'}
              required={false}
              defaultValue={request.until?.slice(0, 10)}
            />
            <TextArea
              name="conditions"
              label="Conditions"
              hint="What those who use it have to keep to. Shown to them."
              rows={2}
              maxLength={2000}
              required={false}
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
          {server.tools !== null && (
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

const ruleOf = ({ versionRule }: RequestPage) => (versionRule.kind === 'latest-approved' ? 'latest-approved' : 'exact');
