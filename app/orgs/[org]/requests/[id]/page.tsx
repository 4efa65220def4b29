import { notFound } from 'next/navigation';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { getOrgStates } from '#lib/orgs/allowlist/get-org-states.ts';
import { getRequest } from '#lib/orgs/requests/get-request.ts';
import { compareVersions } from '#lib/scans/compare-versions.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Section } from '../../../../components/section.tsx';
import { comparePath, orgPath, serverPath } from '../../../../paths.ts';
import { ChangeSections } from '../../../../servers/[namespace]/[name]/compare/change-sections.tsx';
import { summaryOf } from '../../../../servers/[namespace]/[name]/compare/comparison-words.ts';
import { PermissionDelta } from '../../../../servers/[namespace]/[name]/compare/permission-delta.tsx';
import { MarkStrip } from '../../../../servers/[namespace]/[name]/mark-strip.tsx';
import { PermissionLines } from '../../../../servers/[namespace]/[name]/permission-lines.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../../org-frame.tsx';
import { Conversation } from './conversation.tsx';
import { DecisionForm } from './decision-form.tsx';
import { FindingLines } from './finding-lines.tsx';
import { RequestFacts } from './request-facts.tsx';

type Props = { params: Promise<{ org: string; id: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Request');

export default async function RequestRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'requests');
  const { id } = await params;
  const request = /^[a-z0-9]{1,64}$/.test(id) ? await getRequest({ viewer, orgSlug: org.slug, id }) : null;
  if (!request) notFound();
  const server = await getServerPage({ name: request.serverName, version: request.version });
  // What changed under its version is held against what was approved of that version.
  const approved = request.kind === 'drift' ? request.version : request.approved[0]?.version;
  const isOpen = request.state === 'open' || request.state === 'asked';
  const range = isOpen && approved ? { from: approved, to: request.version } : null;
  const [comparison, states] = await Promise.all([
    range && server ? compareVersions({ name: request.serverName, ...range, approvedBy: org.slug, viewer }) : null,
    getOrgStates({ viewer, serverName: request.serverName, version: request.version }),
  ]);
  const state = states.find(({ orgSlug }) => orgSlug === org.slug);
  return (
    <OrgFrame org={org} part="requests">
      <p className="text-ink-3 text-sm">
        <PendingLink href={orgPath(org.slug, 'requests')} className="link">
          Requests
        </PendingLink>
      </p>
      <h2 className="font-semibold text-xl leading-tight">
        <PendingLink
          href={serverPath(request.serverName, { version: request.version })}
          className="hover:text-accent hover:underline"
        >
          <HostileText>{server?.title ?? request.serverName}</HostileText> {request.version}
        </PendingLink>
      </h2>
      <p className="break-all font-mono text-ink-3 text-xs">
        <HostileText>{request.serverName}</HostileText>
      </p>
      {server ? (
        <MarkStrip server={server} isCompact />
      ) : (
        <Notice className="mt-4">This version is not in the catalog any more.</Notice>
      )}
      <div className="mt-6 grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <RequestFacts request={request} orgSlug={org.slug} />
          {comparison && range && !('reason' in comparison) && (
            <Section
              id="difference"
              title={
                approved === request.version ? 'Against what was approved' : `Against ${approved}, which is approved`
              }
              aside={
                <PendingLink href={comparePath(request.serverName, { ...range, approved: org.slug })} className="link">
                  On a page of its own
                </PendingLink>
              }
            >
              <p className="mb-3 max-w-prose">{summaryOf(comparison.drift)}</p>
              <PermissionDelta comparison={comparison} />
              <ChangeSections comparison={comparison} />
            </Section>
          )}
          {server && (
            <>
              <Section id="permissions" title="What it can do">
                <PermissionLines server={server} />
              </Section>
              <Section
                id="findings"
                title="Findings"
                aside={
                  <PendingLink
                    href={serverPath(server.name, { version: server.version, tab: 'findings' })}
                    className="link"
                  >
                    With evidence
                  </PendingLink>
                }
              >
                <FindingLines server={server} />
              </Section>
            </>
          )}
          <Conversation request={request} orgSlug={org.slug} isOpen={isOpen} />
        </div>
        <aside>
          {request.canDecide && isOpen && server && state && (
            <DecisionForm request={request} server={server} state={state} />
          )}
        </aside>
      </div>
    </OrgFrame>
  );
}
