import { notFound } from 'next/navigation';
import { mayInOrg } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { diffLines } from '#lib/orgs/policy/diff-lines.ts';
import { getPolicyVersion } from '#lib/orgs/policy/get-policy-page.ts';
import { Fact, Facts } from '../../../../../components/facts.tsx';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { Section } from '../../../../../components/section.tsx';
import { Time } from '../../../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../../../forms/action-form.tsx';
import { TextField } from '../../../../../forms/fields.tsx';
import { countOf } from '../../../../../text/count-of.ts';
import { OrgFrame, openOrg, orgMetadata } from '../../../org-frame.tsx';
import { restore } from '../../actions.ts';
import { CedarLines } from '../../cedar-lines.tsx';
import { PolicyNav } from '../../policy-nav.tsx';
import { MODE_WORDS } from '../../policy-words.ts';
import { formatToolRules } from '../../tool-rules.ts';

type Props = { params: Promise<{ org: string; version: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Version of the policy');

export default async function PolicyVersionRoute({ params }: Props) {
  const [{ viewer, org }, { version }] = await Promise.all([openOrg(params, 'policy'), params]);
  if (!/^[1-9]\d{0,8}$/.test(version)) notFound();
  const canEdit = mayInOrg(org.role, 'policy.edit');
  const { current, previous, newest } = await found(
    getPolicyVersion({ viewer, orgSlug: org.slug, version: Number(version) }),
  );
  const lines = diffLines(previous?.cedar.trimEnd() ?? '', current.cedar.trimEnd());
  const marked = new Map(lines.flatMap(({ mark }, index) => (mark === ' ' ? [] : [[index + 1, mark] as const])));
  return (
    <OrgFrame org={org} part="policy">
      <PolicyNav slug={org.slug} current={null} canEdit={canEdit} />
      <Section
        id="version"
        title={`Version ${current.version}`}
        aside={previous ? `Lines against version ${previous.version}` : 'The first one'}
      >
        <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="min-w-0">
            <CedarLines text={lines.map(({ text }) => text).join('\n')} marked={previous ? marked : undefined} />
          </div>
          <div>
            <Facts className="content-start">
              <Fact label="Why">
                <HostileText>{current.note}</HostileText>
              </Fact>
              <Fact label="Saved">
                <Time iso={current.at} withTime /> {current.by && <HostileText>{`by ${current.by}`}</HostileText>}
              </Fact>
              <Fact label="Mode">
                {changed(MODE_WORDS[previous?.mode ?? '']?.label, MODE_WORDS[current.mode]!.label)}
              </Fact>
              <Fact label="Cool-down">
                {changed(previous && countOf(previous.coolDownDays, 'day'), countOf(current.coolDownDays, 'day'))}
              </Fact>
              <Fact label="Tools of a server that is new to the list">
                {changed(previous?.toolPolicy.default, current.toolPolicy.default)}
                <span className="block whitespace-pre-wrap font-mono text-xs">
                  <HostileText>{formatToolRules(current.toolPolicy.rules)}</HostileText>
                </span>
              </Fact>
            </Facts>
            {canEdit && current.version !== newest && (
              <ActionForm action={restore} label="Restore" className="mt-6">
                <input type="hidden" name="org" value={org.slug} />
                <input type="hidden" name="version" value={current.version} />
                <input type="hidden" name="basedOn" value={newest} />
                <TextField name="note" label="Why" />
                <SubmitButton pendingText="Restoring">Restore as version {newest + 1}</SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
          </div>
        </div>
      </Section>
    </OrgFrame>
  );
}

const changed = (before: string | null | undefined, now: string): string =>
  before && before !== now ? `${before} → ${now}` : now;

async function found<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'NOT_FOUND') notFound();
    throw error;
  }
}
