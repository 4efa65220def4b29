import { EVENT_KINDS } from '#lib/audit/events.ts';
import { getOrgAudit } from '#lib/audit/get-org-audit.ts';
import { eventFilterSchema } from '#lib/audit/list-events.ts';
import { AuditList } from '../../../components/audit-list.tsx';
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
  const audit = await getOrgAudit({ viewer, orgSlug: org.slug, filter });
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
      </div>
    </OrgFrame>
  );
}
