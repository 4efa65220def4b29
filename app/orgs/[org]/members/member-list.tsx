import type { OrgRole } from '#lib/auth/viewer.ts';
import type { OrgPage } from '#lib/orgs/get-org-page.ts';

const MEANING: Record<OrgRole, string> = {
  owner: 'decides, and manages the organization',
  reviewer: 'approves and revokes',
  requester: 'sees the allowlist',
  auditor: 'reads everything, changes nothing',
};

export function MemberList({ org }: { org: OrgPage }) {
  return (
    <ul className="max-w-3xl divide-y divide-line">
      {org.members.map((member) => (
        <li key={`${member.name} ${member.email}`} className="flex flex-wrap items-baseline gap-x-3 py-2">
          <span className="font-medium">{member.name}</span>
          <span className="text-ink-3 text-sm">{member.email}</span>
          <span className="text-sm sm:ml-auto">
            {member.role} <span className="text-ink-3">({MEANING[member.role]})</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
