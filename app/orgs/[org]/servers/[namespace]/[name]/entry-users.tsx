import type { EntryPage, EntryUser } from '#lib/orgs/allowlist/get-entry.ts';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../../components/nav-link.tsx';
import { Section } from '../../../../../components/section.tsx';
import { orgPath } from '../../../../../paths.ts';

/** Teams and groups of agents that use the entry; nothing where none does. */
export function EntryUsers({ entry, orgSlug }: { entry: EntryPage; orgSlug: string }) {
  if (entry.teams.length + entry.groups.length === 0) return null;
  return (
    <Section
      id="users"
      title="Used by"
      aside={
        <PendingLink href={orgPath(orgSlug, 'teams')} className="link">
          Teams and agents
        </PendingLink>
      }
    >
      <ul className="divide-y divide-line text-sm">
        {entry.teams.map((user) => (
          <User key={`team ${user.slug}`} user={user} kind="team" />
        ))}
        {entry.groups.map((user) => (
          <User key={`group ${user.slug}`} user={user} kind="agents" />
        ))}
      </ul>
    </Section>
  );
}

function User({ user, kind }: { user: EntryUser; kind: string }) {
  const said = (tool: string) => (user.asks.includes(tool) ? `${tool} (asks)` : tool);
  const tools =
    user.tools === null ? 'all that is allowed' : user.tools.length === 0 ? 'no tool' : user.tools.map(said).join(', ');
  return (
    <li className="flex flex-wrap gap-x-3 py-2">
      <span className="font-medium">{user.displayName}</span>
      <span className="text-ink-3">
        {kind} <span className="font-mono">{user.slug}</span>
      </span>
      <span className="text-ink-2">
        {user.isReadOnly && 'only reads · '}
        <HostileText>{tools}</HostileText>
      </span>
    </li>
  );
}
