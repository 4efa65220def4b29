import { getOrgFlows } from '#lib/orgs/org-flows.ts';
import { orgPath } from '../../../paths.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { OrgFlowsView } from './org-flows.tsx';

type Props = { params: Promise<{ org: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Flows');

export default async function OrgFlowsRoute({ params, searchParams }: Props) {
  const { viewer, org } = await openOrg(params, 'flows');
  return (
    <OrgFrame org={org} part="flows">
      <OrgFlowsView
        flows={await getOrgFlows({ viewer, slug: org.slug })}
        path={orgPath(org.slug, 'flows')}
        selected={[(await searchParams).flow].flat()[0]}
      />
    </OrgFrame>
  );
}
