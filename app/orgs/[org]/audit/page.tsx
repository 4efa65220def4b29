import { notFound } from 'next/navigation';
import { getOrgPage } from '#lib/orgs/get-org-page.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { AuditLog } from './audit-log.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Audit');

export default async function OrgAuditRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'audit');
  const page = await getOrgPage({ viewer, slug: org.slug });
  if (!page) notFound();
  return (
    <OrgFrame org={org} part="audit">
      <AuditLog org={page} />
    </OrgFrame>
  );
}
