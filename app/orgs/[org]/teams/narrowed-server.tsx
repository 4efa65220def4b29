import type { ReactNode } from 'react';
import type { EntryState } from '#lib/db/client/client.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import type { Action } from '../../../forms/action-state.ts';
import { serverPath } from '../../../paths.ts';

/** A server of a team's or group's list with the tools that it uses there. */
export function NarrowedServer({
  server,
  remove,
  hidden,
  extra,
}: {
  server: { name: string; state: EntryState; toolPolicy: ToolPolicy | null };
  /** Null for who may only look. */
  remove: Action | null;
  hidden: ReactNode;
  extra?: ReactNode;
}) {
  const tools = server.toolPolicy && Object.keys(server.toolPolicy.rules);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-1.5 text-sm">
      <span className="min-w-0 flex-1">
        <PendingLink href={serverPath(server.name)} className="break-all font-mono hover:text-accent hover:underline">
          <HostileText>{server.name}</HostileText>
        </PendingLink>
        {server.state !== 'approved' && <span className="text-ink-3"> ({server.state} in the organization)</span>}
        <span className="block text-ink-3">
          {tools === null ? 'all allowed tools' : <HostileText>{tools.join(', ')}</HostileText>}
          {extra}
        </span>
      </span>
      {remove && (
        <ActionForm action={remove} label={`Remove ${server.name}`} className="gap-1">
          {hidden}
          <input type="hidden" name="serverName" value={server.name} />
          <SubmitButton isQuiet pendingText="Removing">
            Remove
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      )}
    </li>
  );
}
