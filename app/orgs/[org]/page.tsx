import { ENTRY_VIEWS, getAllowlist } from '#lib/orgs/allowlist/get-allowlist.ts';
import { parsePage } from '../../paths.ts';
import { AllowlistNav } from './allowlist-nav.tsx';
import { AllowlistTab } from './allowlist-tab.tsx';
import { OrgFrame, openOrg, orgMetadata } from './org-frame.tsx';

type Props = { params: Promise<{ org: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params);

export default async function OrgAllowlistRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'allowlist'), searchParams]);
  const state = ENTRY_VIEWS.find((view) => view === [search.state].flat()[0]) ?? null;
  const text = [search.q].flat()[0]?.slice(0, 200) ?? '';
  const allowlist = await getAllowlist({
    viewer,
    orgSlug: org.slug,
    query: { state, text, page: parsePage(search.page) },
  });
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistNav slug={org.slug} current="list" denials={allowlist.counts.denials} />
      <AllowlistTab allowlist={allowlist} orgSlug={org.slug} state={state} text={text} />
    </OrgFrame>
  );
}
