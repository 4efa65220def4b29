import { notFound } from 'next/navigation';
import { getOrgPage } from '#lib/orgs/get-org-page.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { FeedParts } from './feed-parts.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Feed');

export default async function OrgFeedRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'feed');
  const page = await getOrgPage({ viewer, slug: org.slug });
  if (!page) notFound();
  return (
    <OrgFrame org={org} part="feed">
      <FeedParts org={page} />
    </OrgFrame>
  );
}
