import type { AccessAnswer } from '#lib/orgs/allowlist/explain-access.ts';
import { explainAccess } from '#lib/orgs/allowlist/explain-access.ts';
import { AllowlistNav } from '../allowlist-nav.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { AccessSteps } from './access-steps.tsx';
import { WhyForm } from './why-form.tsx';

type Props = { params: Promise<{ org: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Why?');

const FIELDS = ['server', 'version', 'tool', 'environment', 'team', 'group'] as const;
const MAX_FIELD = 300;

export default async function OrgWhyRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'allowlist'), searchParams]);
  const asked = Object.fromEntries(FIELDS.map((field) => [field, text(search[field])])) as Record<
    (typeof FIELDS)[number],
    string | null
  >;
  const answer: AccessAnswer | null = asked.server
    ? await explainAccess({ viewer, orgSlug: org.slug, serverName: asked.server, ...asked })
    : null;
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistNav slug={org.slug} current="why" />
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <WhyForm orgSlug={org.slug} asked={asked} />
        {answer && asked.server ? (
          <AccessSteps answer={answer} orgSlug={org.slug} serverName={asked.server} />
        ) : (
          <p className="max-w-prose text-ink-2">
            Name a server, and what you want to know of it: the answer is what a gateway of this organization decides on
            the list that is published now, step by step.
          </p>
        )}
      </div>
    </OrgFrame>
  );
}

/** U+0000 is in no name, and no database holds it. */
const text = (value: string | string[] | undefined): string | null =>
  [value].flat()[0]?.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_FIELD) || null;
