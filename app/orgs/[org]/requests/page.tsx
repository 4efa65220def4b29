import { mayInOrg } from '#lib/auth/viewer.ts';
import { listRequests, REQUEST_VIEWS, REQUESTS_PER_PAGE } from '#lib/orgs/requests/list-requests.ts';
import { cn } from '../../../cn.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { PageLinks } from '../../../components/page-links.tsx';
import { orgPath, parsePage } from '../../../paths.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { RequestQueue } from './request-queue.tsx';
import { RequestRowView } from './request-row.tsx';
import { VIEW_WORDS } from './request-words.ts';

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Requests');

export default async function OrgRequestsRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'requests'), searchParams]);
  const standard = mayInOrg(org.role, 'allowlist.decide') ? 'open' : 'mine';
  const view = REQUEST_VIEWS.find((one) => one === search.view) ?? standard;
  const page = parsePage(search.page);
  const list = await listRequests({ viewer, orgSlug: org.slug, view, page });
  const canDecide = mayInOrg(org.role, 'allowlist.decide') && (view === 'open' || view === 'asked');
  const rows = list.rows.map((row) => ({
    id: row.id,
    href: orgPath(org.slug, `requests/${row.id}`),
    label: `${row.serverName} ${row.version}`,
    content: <RequestRowView row={row} orgSlug={org.slug} />,
  }));
  return (
    <OrgFrame org={org} part="requests">
      <nav aria-label="Which requests" className="mb-4">
        <ul className="flex flex-wrap gap-2 text-sm">
          {REQUEST_VIEWS.map((one) => (
            <li key={one}>
              <PendingLink
                href={orgPath(org.slug, 'requests', { view: one })}
                aria-current={one === view ? 'page' : undefined}
                className={cn(
                  'block rounded-md border px-3 py-1',
                  one === view ? 'border-accent bg-accent-wash font-medium' : 'border-line-strong hover:bg-well',
                )}
              >
                {VIEW_WORDS[one].label} <span className="text-ink-3">{list.counts[one]}</span>
              </PendingLink>
            </li>
          ))}
        </ul>
      </nav>
      {rows.length === 0 ? (
        <p className="text-ink-2">{VIEW_WORDS[view].nothing}</p>
      ) : (
        <RequestQueue rows={rows} orgSlug={org.slug} canDecide={canDecide} />
      )}
      <PageLinks
        page={page}
        last={Math.ceil(list.total / REQUESTS_PER_PAGE)}
        href={(to) => orgPath(org.slug, 'requests', { view, page: String(to) })}
      />
    </OrgFrame>
  );
}
