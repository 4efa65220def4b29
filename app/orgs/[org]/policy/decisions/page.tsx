import { mayInOrg } from '#lib/auth/viewer.ts';
import { DECISIONS_PER_PAGE, listDecisions } from '#lib/orgs/policy/decisions.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { PageLinks } from '../../../../components/page-links.tsx';
import { Time } from '../../../../components/time.tsx';
import { orgPath, parsePage } from '../../../../paths.ts';
import { OrgFrame, openOrg, orgMetadata } from '../../org-frame.tsx';
import { PolicyNav } from '../policy-nav.tsx';
import { OCCASION_WORDS, OUTCOME_WORDS } from '../policy-words.ts';

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Decisions');

const OUTCOMES = ['approve', 'deny', 'review'] as const;
const BOX = 'h-9 rounded-md border border-line-strong bg-sheet px-2.5 text-sm';

export default async function DecisionsRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'policy'), searchParams]);
  const outcome = OUTCOMES.find((one) => one === search.outcome);
  const server = typeof search.server === 'string' ? search.server.trim().slice(0, 200).replaceAll('\0', '') : '';
  const page = parsePage(search.page);
  const { rows, total } = await listDecisions({
    viewer,
    orgSlug: org.slug,
    outcome,
    server: server || undefined,
    page,
  });
  return (
    <OrgFrame org={org} part="policy">
      <PolicyNav slug={org.slug} current="policy/decisions" canEdit={mayInOrg(org.role, 'policy.edit')} />
      <form method="get" className="mb-4 flex flex-wrap items-end gap-3" aria-label="Filter">
        <label className="text-sm">
          <span className="mb-1 block font-medium">Server</span>
          <input type="search" name="server" defaultValue={server} className={`${BOX} w-56 font-mono`} />
        </label>
        <label className="text-sm">
          <span className="mb-1 block font-medium">Outcome</span>
          <select name="outcome" defaultValue={outcome ?? ''} className={BOX}>
            <option value="">All</option>
            {OUTCOMES.map((one) => (
              <option key={one} value={one}>
                {OUTCOME_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <button
          type="submit"
          className="h-9 rounded-md border border-line-strong px-3.5 font-medium text-sm hover:bg-well"
        >
          Filter
        </button>
      </form>
      {rows.length === 0 ? (
        <p className="text-ink-2">
          {total === 0 && !server && !outcome ? 'The policy has decided nothing yet.' : 'No decision fits the filter.'}
        </p>
      ) : (
        <ul className="divide-y divide-line border-line border-y">
          {rows.map((row) => (
            <li key={row.id} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[9rem_minmax(0,1fr)_auto]">
              <span className="font-medium">{OUTCOME_WORDS[row.outcome]}</span>
              <span className="min-w-0">
                <PendingLink
                  href={orgPath(org.slug, `policy/decisions/${row.id}`)}
                  className="link break-words font-mono"
                >
                  {row.serverName} {row.version}
                </PendingLink>
                <span className="block text-ink-2">
                  <HostileText>{row.reason}</HostileText>
                </span>
              </span>
              <span className="text-ink-3">
                <Time iso={row.decidedAt} withTime hint={false} />, {OCCASION_WORDS[row.occasion] ?? row.occasion}
              </span>
            </li>
          ))}
        </ul>
      )}
      <PageLinks
        page={page}
        last={Math.ceil(total / DECISIONS_PER_PAGE)}
        href={(to) =>
          orgPath(org.slug, 'policy/decisions', {
            ...(outcome ? { outcome } : {}),
            ...(server ? { server } : {}),
            page: String(to),
          })
        }
      />
    </OrgFrame>
  );
}
