import { EVENT_KINDS } from '#lib/audit/events.ts';
import { getOrgAudit } from '#lib/audit/get-org-audit.ts';
import { eventFilterSchema } from '#lib/audit/list-events.ts';
import { orgFeedAddress } from '#lib/http/atom/org-feed.ts';
import { AuditList } from '../../../components/audit-list.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { orgPath } from '../../../paths.ts';
import { filterQuery, firstValues } from '../../../text/audit-query.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { ChainNote } from './chain-note.tsx';
import { ExportLinks } from './export-links.tsx';

type Props = { params: Promise<{ org: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Audit');

export default async function OrgAuditRoute({ params, searchParams }: Props) {
  const { viewer, org } = await openOrg(params, 'audit');
  const given = firstValues(await searchParams);
  const filter = eventFilterSchema.parse(given);
  const [audit, feedAddress] = await Promise.all([
    getOrgAudit({ viewer, orgSlug: org.slug, filter }),
    orgFeedAddress({ viewer, orgSlug: org.slug }),
  ]);
  const query = filterQuery(given, filter);
  return (
    <OrgFrame org={org} part="audit">
      <div className="max-w-4xl">
        <ChainNote orgSlug={org.slug} head={audit.head} state={audit.state} />
        <AuditList
          list={audit}
          query={query}
          kinds={Object.keys(EVENT_KINDS)}
          path={(more) => orgPath(org.slug, 'audit', more)}
        >
          <ExportLinks orgSlug={org.slug} query={query} />
        </AuditList>
        <details className="mt-6 text-sm">
          <summary className="link w-fit">Atom feed of decisions and findings</summary>
          <p className="mt-2 mb-2 max-w-prose text-ink-3">
            Whoever has this address reads the feed. It ends when the address of the registry view is changed.
          </p>
          <CodeBlock text={feedAddress} what="the address of the Atom feed" />
        </details>
      </div>
    </OrgFrame>
  );
}
