import { checkRegistry } from '#lib/orgs/published/check-registry.ts';
import { getClientsPage } from '#lib/orgs/published/get-clients-page.ts';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { can, OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { CheckRegistry } from './check-registry.tsx';
import { ClientExport } from './client-export.tsx';
import { ClientNav } from './client-nav.tsx';
import { parseClientsQuery } from './clients-query.ts';
import { NarrowingForm } from './narrowing-form.tsx';
import { RegistryAddresses } from './registry-addresses.tsx';

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Clients');

export default async function OrgClientsRoute({ params, searchParams }: Props) {
  const { viewer, org } = await openOrg(params, 'exports');
  const { client, check, asked } = parseClientsQuery(await searchParams);
  const [page, result] = await Promise.all([
    getClientsPage({ viewer, orgSlug: org.slug, client, asked }),
    check && checkRegistry({ viewer, orgSlug: org.slug, client: check, part: asked }),
  ]);
  return (
    <OrgFrame org={org} part="exports">
      <Section
        id="files"
        title="Files for clients"
        aside={
          <>
            Made from serial {page.serial}, published <Time iso={page.publishedAt} withTime />
          </>
        }
      >
        <NarrowingForm slug={org.slug} page={page} client={client} asked={asked} />
        <div className="mt-5 grid gap-x-8 gap-y-5 lg:grid-cols-[14rem_minmax(0,1fr)]">
          <ClientNav slug={org.slug} current={client} asked={asked} />
          <ClientExport client={client} shown={page.shown} />
        </div>
      </Section>
      <RegistryAddresses
        slug={org.slug}
        registry={page.registry}
        tokens={page.tokens}
        teams={page.teams}
        mayManage={can(org, 'org.manage')}
      />
      <CheckRegistry slug={org.slug} asked={asked} client={client} result={result} />
    </OrgFrame>
  );
}
