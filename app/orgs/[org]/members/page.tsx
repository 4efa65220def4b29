import { notFound } from 'next/navigation';
import { getOrgPage } from '#lib/orgs/get-org-page.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { MemberList } from './member-list.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Members');

export default async function OrgMembersRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'members');
  const page = await getOrgPage({ viewer, slug: org.slug });
  if (!page) notFound();
  return (
    <OrgFrame org={org} part="members">
      <MemberList org={page} />
    </OrgFrame>
  );
}
