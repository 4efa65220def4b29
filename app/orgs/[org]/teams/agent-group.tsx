import type { AgentGroupView } from '#lib/orgs/agent-groups/agent-groups.ts';
import { Disclosure, Rows, Tag } from '../../../components/parts.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { CheckField } from '../../../forms/fields.tsx';
import { dropGroupServer, endGroup, saveGroup, saveGroupServer } from './actions.ts';
import { NarrowedServer } from './narrowed-server.tsx';
import { ServerFields } from './server-fields.tsx';

/** A group of agents with what it may use. */
export function AgentGroup({
  group,
  orgSlug,
  canManage,
  servers,
}: {
  group: AgentGroupView;
  orgSlug: string;
  canManage: boolean;
  servers: string[];
}) {
  const hidden = (
    <>
      <input type="hidden" name="orgSlug" value={orgSlug} />
      <input type="hidden" name="groupSlug" value={group.slug} />
    </>
  );
  return (
    <li aria-label={`Group ${group.displayName}`} className="sheet p-4">
      <h3 className="font-semibold">
        {group.displayName} <span className="font-mono font-normal text-ink-3 text-xs">{group.slug}</span>
        {group.readOnly && <Tag>read-only</Tag>}
      </h3>
      <h4 className="label mt-3">Servers</h4>
      <Rows nothing="None: a gateway of this group refuses everything.">
        {group.servers.map((server) => (
          <NarrowedServer
            key={server.name}
            server={server}
            remove={canManage ? dropGroupServer : null}
            hidden={hidden}
            extra={server.readOnly ? ', read-only' : undefined}
          />
        ))}
      </Rows>
      {canManage && (
        <>
          {servers.length > 0 && (
            <Disclosure summary="Add or change a server">
              <ActionForm action={saveGroupServer} label={`Server of ${group.displayName}`}>
                {hidden}
                <ServerFields servers={servers} />
                <CheckField
                  name="readOnly"
                  label="Read-only"
                  hint="Of this server only tools that say they change nothing."
                />
                <SubmitButton pendingText="Saving">Save</SubmitButton>
                <FormMessage />
              </ActionForm>
            </Disclosure>
          )}
          <Disclosure summary="Change or end this group">
            <div className="grid gap-4">
              <ActionForm action={saveGroup} label={`Change ${group.displayName}`} className="gap-2">
                {hidden}
                {!group.readOnly && <input type="hidden" name="readOnly" value="yes" />}
                <SubmitButton isQuiet pendingText="Saving">
                  {group.readOnly ? 'Allow tools that change something' : 'Make it read-only'}
                </SubmitButton>
                <FormMessage />
              </ActionForm>
              <ActionForm action={endGroup} label={`End ${group.displayName}`} className="gap-2">
                {hidden}
                <p className="text-ink-2 text-sm">Gateways that were started for it refuse everything from then on.</p>
                <SubmitButton isQuiet pendingText="Ending">
                  End {group.displayName}
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            </div>
          </Disclosure>
        </>
      )}
    </li>
  );
}
