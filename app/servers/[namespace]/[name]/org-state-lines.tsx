import { Suspense } from 'react';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { getOrgStates, type OrgState } from '#lib/orgs/allowlist/get-org-states.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { entryPath } from '../../../paths.ts';
import { formatDate } from '../../../text/format-date.ts';
import { tabPath } from './tabs.ts';

type Props = { server: ServerPage; viewer: Viewer };

/** What each of the viewer's organizations says about the version that is shown. The page does not wait for it. */
export function OrgStateLines(props: Props) {
  return (
    <Suspense fallback={<Skeleton label="Loading what your organizations decided" />}>
      <Lines {...props} />
    </Suspense>
  );
}

async function Lines({ server, viewer }: Props) {
  const states = await getOrgStates({ viewer, serverName: server.name, version: server.version });
  return (
    <ul className="sheet divide-y divide-line text-sm">
      {states.map((state) => (
        <li key={state.orgSlug} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
          <span className="font-medium">{state.displayName}</span>
          <span className="text-ink-2">{stateSentence(state, server)}</span>
          <span className="ml-auto flex gap-3">
            {state.state !== 'absent' && (
              <PendingLink href={entryPath(state.orgSlug, server.name)} className="link">
                Entry
              </PendingLink>
            )}
            {state.canDecide && (
              <PendingLink href={`${tabPath(server, 'approval')}#${state.orgSlug}`} className="link">
                {state.state === 'approved' ? 'Change' : 'Review'}
              </PendingLink>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function stateSentence(
  { state, why, allowedTools, askedTools, terms }: OrgState,
  { version, tools }: Pick<ServerPage, 'version' | 'tools'>,
): string {
  const because = why ? ` Reason: ${why}` : '';
  if (state === 'lockdown') return `Everything is locked down. Gateways refuse it.${because}`;
  if (state === 'denied') return `It is denied, and no approval counts. Gateways refuse it.${because}`;
  if (state === 'revoked') return `${version} was revoked. Gateways refuse it.${because}`;
  if (state === 'suspended') return `${version} is suspended. Gateways refuse it.${because}`;
  if (state === 'expired') return `The approval of ${version} has ended. Gateways refuse it.`;
  if (state === 'overtaken') return `${version} was approved, but only the newest approved version is allowed.`;
  if (state === 'absent') return `${version} is not approved. Gateways refuse it.`;
  const count = allowedTools?.length ?? 0;
  const asked = askedTools.length > 0 ? `, ${askedTools.length} of them with a person's word` : '';
  const where = terms && terms.environments.length > 0 ? ` In ${terms.environments.join(', ')} only.` : '';
  const until = terms?.expiresAt ? ` Until ${formatDate(terms.expiresAt)}.` : '';
  const approved = tools
    ? `${version} is approved with ${count} of ${tools.length} tools${asked}.`
    : `${version} is approved.`;
  return `${approved}${where}${until}`;
}
