import { notFound, redirect } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import type { OrgPermission, Viewer } from '#lib/auth/viewer.ts';
import { hasLapsedMembership, mayInOrg } from '#lib/auth/viewer.ts';
import { getOrgHeader, type OrgHeader } from '#lib/orgs/get-org-header.ts';
import { Notice } from '../../components/notice.tsx';
import { TabNav } from '../../components/tab-nav.tsx';
import { orgPath, signInAgainPath, signInPath } from '../../paths.ts';
import { currentViewer } from '../../viewer.ts';

const PARTS = [
  { id: 'allowlist', label: 'Allowlist', permission: 'org.read' },
  { id: 'requests', label: 'Requests', permission: 'org.read' },
  { id: 'policy', label: 'Policy', permission: 'policy.read' },
  { id: 'flows', label: 'Flows', permission: 'org.read' },
  { id: 'teams', label: 'Teams and agents', permission: 'org.read' },
  { id: 'feed', label: 'Feed', permission: 'org.read' },
  { id: 'exports', label: 'Clients', permission: 'exports.read' },
  { id: 'audit', label: 'Audit', permission: 'audit.read' },
  { id: 'webhooks', label: 'Webhooks', permission: 'webhook.manage' },
  { id: 'members', label: 'Members', permission: 'org.read' },
  { id: 'settings', label: 'Settings', permission: 'org.manage' },
] as const satisfies { id: string; label: string; permission: OrgPermission }[];

export type OrgPart = (typeof PARTS)[number]['id'];

const loadHeader = cache(async (slug: string) => getOrgHeader({ viewer: await currentViewer(), slug }));

/** The signed-in person and the organization of a console page: sign-in for strangers, 404 for whom it does not exist. */
export async function openOrg(
  params: Promise<{ org: string }>,
  part: OrgPart,
): Promise<{ viewer: Viewer; org: OrgHeader }> {
  const [{ org: slug }, viewer] = await Promise.all([params, currentViewer()]);
  if (!viewer) redirect(signInPath(orgPath(slug, part)));
  const org = await loadHeader(slug);
  // Behind a group that was not confirmed lately there is a sign-in, not a dead end.
  if (!org && (await hasLapsedMembership(viewer, slug))) redirect(signInAgainPath(orgPath(slug, part)));
  if (!org || !can(org, PARTS.find(({ id }) => id === part)!.permission)) notFound();
  return { viewer, org };
}

/** Whether the viewer's role in the organization admits it. For pages: what to offer. */
export const can = ({ role }: Pick<OrgHeader, 'role'>, permission: OrgPermission): boolean =>
  mayInOrg(role, permission);

export async function orgMetadata(params: Promise<{ org: string }>, title?: string) {
  const org = await loadHeader((await params).org);
  const name = org?.displayName ?? 'Not found';
  return { title: title && org ? `${title} · ${name}` : name, robots: { index: false } };
}

/** What all parts of an organization's console have around them. */
export function OrgFrame({ org, part, children }: { org: OrgHeader; part: OrgPart; children: ReactNode }) {
  const counts: Partial<Record<OrgPart, number>> = { allowlist: org.approvedServers, requests: org.openRequests };
  return (
    <div>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight">{org.displayName}</h1>
          <p className="text-ink-3 text-sm">
            <span className="font-mono">{org.slug}</span> · your role: {org.role}
          </p>
        </div>
        <dl className="flex gap-6 text-sm">
          <div>
            <dt className="label">Approved servers</dt>
            <dd className="font-semibold text-lg">{org.approvedServers}</dd>
          </div>
          <div>
            <dt className="label">Feed serial</dt>
            <dd className="font-semibold text-lg">{org.serial}</dd>
          </div>
        </dl>
      </header>
      {org.lockdownReason !== null && (
        <Notice className="mt-4">
          Locked down: every gateway refuses every server. <q>{org.lockdownReason}</q>
        </Notice>
      )}
      <div className="mt-5 mb-6">
        <TabNav
          label="Parts of the organization"
          current={part}
          tabs={PARTS.filter(({ permission }) => can(org, permission)).map(({ id, label }) => ({
            id,
            label,
            href: orgPath(org.slug, id),
            count: counts[id],
          }))}
        />
      </div>
      {children}
    </div>
  );
}
