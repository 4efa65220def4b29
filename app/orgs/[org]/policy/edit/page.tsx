import { notFound } from 'next/navigation';
import { mayInOrg } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type DryRunView, getDryRun } from '#lib/orgs/policy/dry-runs.ts';
import { getPolicyPage } from '#lib/orgs/policy/get-policy-page.ts';
import { type ChosenTemplate, composeTemplates, POLICY_TEMPLATES } from '#lib/orgs/policy/templates.ts';
import { Notice } from '../../../../components/notice.tsx';
import { Section } from '../../../../components/section.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../../org-frame.tsx';
import { PolicyNav } from '../policy-nav.tsx';
import { formatToolRules } from '../tool-rules.ts';
import { DryRunSection } from './dry-run-section.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { TemplatePicker } from './template-picker.tsx';

type Search = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ org: string }>; searchParams: Promise<Search> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Change the policy');

const EMPTY_TOOLS = { default: 'allow' as const, rules: {} };

export default async function EditPolicyRoute({ params, searchParams }: Props) {
  const [{ viewer, org }, search] = await Promise.all([openOrg(params, 'policy'), searchParams]);
  if (!mayInOrg(org.role, 'policy.edit')) notFound();
  const asked = { viewer, orgSlug: org.slug };
  const [{ inForce, scope }, run] = await Promise.all([getPolicyPage(asked), dryRunOf(asked, search['dry-run'])]);
  const chosen = chosenOf(search);
  const composed = compose(chosen);
  const text = composed.text ?? run?.cedar ?? inForce?.cedar ?? '';
  const shown = chosen.length > 0 ? chosen : (inForce?.templates ?? []);
  return (
    <OrgFrame org={org} part="policy">
      <PolicyNav slug={org.slug} current="policy/edit" canEdit />
      <Section id="templates" title="Templates" aside="Choose some, then edit the text that they make">
        <TemplatePicker chosen={shown} isOpen={composed.fault !== null || (chosen.length === 0 && inForce === null)} />
        {composed.fault && (
          <Notice role="alert" className="mt-3">
            {composed.fault}
          </Notice>
        )}
      </Section>
      <Section
        id="text"
        title="Text"
        aside={
          <>
            Cedar;{' '}
            <a href="/api/v1/policy-schema" className="link">
              facts that it can ask for
            </a>
          </>
        }
      >
        <PolicyEditor
          key={JSON.stringify(chosen)}
          org={org.slug}
          basedOn={inForce?.version ?? 0}
          cedar={text}
          templates={JSON.stringify(shown)}
          mode={inForce?.mode ?? 'suggest'}
          scope={scope}
          coolDownDays={run?.coolDownDays ?? inForce?.coolDownDays ?? 7}
          toolDefault={(inForce?.toolPolicy ?? EMPTY_TOOLS).default}
          toolRules={formatToolRules((inForce?.toolPolicy ?? EMPTY_TOOLS).rules)}
        />
      </Section>
      {run && <DryRunSection run={run} />}
    </OrgFrame>
  );
}

async function dryRunOf(
  asked: Pick<Parameters<typeof getDryRun>[0], 'viewer' | 'orgSlug'>,
  id: string | string[] | undefined,
): Promise<DryRunView | null> {
  if (typeof id !== 'string') return null;
  try {
    return await getDryRun({ ...asked, id });
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** The templates that the address names, with their parameters as `template.parameter`. */
function chosenOf(search: Search): ChosenTemplate[] {
  const ids = new Set([search.t ?? []].flat());
  return POLICY_TEMPLATES.filter(({ id }) => ids.has(id)).map(({ id, parameters }) => ({
    id,
    parameters: Object.fromEntries(
      parameters.map(({ name, default: standard }) => [name, [search[`${id}.${name}`] ?? standard].flat()[0] ?? '']),
    ),
  }));
}

function compose(chosen: ChosenTemplate[]): { text: string | null; fault: string | null } {
  if (chosen.length === 0) return { text: null, fault: null };
  try {
    return { text: composeTemplates(chosen), fault: null };
  } catch (error) {
    if (error instanceof DomainError) return { text: null, fault: error.message };
    throw error;
  }
}
