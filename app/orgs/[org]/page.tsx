import { notFound } from 'next/navigation';
import { getOrgPage } from '#lib/orgs/get-org-page.ts';
import { AllowlistTab } from './allowlist-tab.tsx';
import { OrgFrame, openOrg, orgMetadata } from './org-frame.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params);

export default async function OrgAllowlistRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'allowlist');
  const page = await getOrgPage({ viewer, slug: org.slug });
  if (!page) notFound();
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistTab org={page} />
    </OrgFrame>
  );
}
