import { Suspense } from 'react';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { getOrgStates, type OrgState } from '#lib/orgs/allowlist/get-org-states.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
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
          {state.canDecide && (
            <PendingLink href={`${tabPath(server, 'approval')}#${state.orgSlug}`} className="link ml-auto">
              {state.state === 'approved' ? 'Change' : 'Review'}
            </PendingLink>
          )}
        </li>
      ))}
    </ul>
  );
}

export function stateSentence({ state, allowedTools }: OrgState, { version, tools }: ServerPage): string {
  if (state === 'revoked') return `${version} was revoked. Gateways refuse it.`;
  if (state === 'absent') return `${version} is not approved. Gateways refuse it.`;
  const count = allowedTools?.length ?? 0;
  return tools ? `${version} is approved with ${count} of ${tools.length} tools.` : `${version} is approved.`;
}
