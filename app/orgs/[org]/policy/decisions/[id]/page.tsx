import { notFound } from 'next/navigation';
import { mayInOrg } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type DecisionPage, getDecision, replayDecision } from '#lib/orgs/policy/decisions.ts';
import { VERSION_FACTS } from '#lib/orgs/policy/schema.ts';
import { Digest } from '../../../../../components/digest.tsx';
import { Fact, Facts } from '../../../../../components/facts.tsx';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../../components/nav-link.tsx';
import { Notice } from '../../../../../components/notice.tsx';
import { RuleText } from '../../../../../components/rule-text.tsx';
import { Section } from '../../../../../components/section.tsx';
import { StateSign } from '../../../../../components/state-sign.tsx';
import { Time } from '../../../../../components/time.tsx';
import { orgPath, serverPath } from '../../../../../paths.ts';
import { OrgFrame, openOrg, orgMetadata } from '../../../org-frame.tsx';
import { PolicyNav } from '../../policy-nav.tsx';
import { OCCASION_WORDS, OUTCOME_WORDS } from '../../policy-words.ts';

type Props = { params: Promise<{ org: string; id: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Decision');

export default async function DecisionRoute({ params }: Props) {
  const [{ viewer, org }, { id }] = await Promise.all([openOrg(params, 'policy'), params]);
  const asked = { viewer, orgSlug: org.slug, id };
  const [decision, replay] = await Promise.all([found(getDecision(asked)), found(replayDecision(asked))]);
  return (
    <OrgFrame org={org} part="policy">
      <PolicyNav slug={org.slug} current={null} canEdit={mayInOrg(org.role, 'policy.edit')} />
      <Section
        id="decision"
        title={
          <>
            {OUTCOME_WORDS[decision.outcome]}:{' '}
            <span className="break-words font-mono">
              {decision.serverName} {decision.version}
            </span>
          </>
        }
      >
        <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="min-w-0">
            <p>
              <HostileText>{decision.reason}</HostileText>
            </p>
            <Deciding decision={decision} />
            <p className="mt-4 flex gap-2 text-sm">
              <StateSign tone={replay.isSame && replay.isIntact ? 'good' : 'bad'} />
              <span>
                {replay.isSame
                  ? 'Evaluated again just now, from the facts and the policy as they were: the same outcome.'
                  : `Evaluated again just now, the outcome is another: ${OUTCOME_WORDS[replay.verdict.outcome]}.`}{' '}
                {!replay.isIntact && 'The recorded facts do not have the digest that was recorded with them.'}
              </span>
            </p>
          </div>
          <Facts className="content-start">
            <Fact label="Decided">
              <Time iso={decision.decidedAt} withTime />, because{' '}
              {OCCASION_WORDS[decision.occasion] ?? decision.occasion}
            </Fact>
            <Fact label="Policy">
              <PendingLink href={orgPath(org.slug, `policy/history/${decision.policyVersion}`)} className="link">
                Version {decision.policyVersion}
              </PendingLink>
            </Fact>
            <Fact label="Server">
              <PendingLink
                href={serverPath(decision.serverName, { version: decision.version })}
                className="link break-words font-mono"
              >
                {decision.serverName}
              </PendingLink>
            </Fact>
            <Fact label="Facts">
              <Digest value={decision.factsSha256} prefix="sha256" what="the digest of the facts" />
            </Fact>
          </Facts>
        </div>
      </Section>
      <FactsTable decision={decision} />
    </OrgFrame>
  );
}

function Deciding({ decision: { verdict } }: { decision: DecisionPage }) {
  if (verdict.errors.length > 0) {
    return (
      <Notice className="mt-3">
        {verdict.errors.map((error) => (
          <p key={error}>
            <HostileText>{error}</HostileText>
          </p>
        ))}
      </Notice>
    );
  }
  if (verdict.deciding.length === 0) return null;
  return (
    <ul className="mt-3 divide-y divide-line border-line border-y">
      {verdict.deciding.map(({ id, effect, reason }) => (
        <li key={id} className="grid gap-x-4 py-1.5 text-sm sm:grid-cols-[5rem_12rem_minmax(0,1fr)]">
          <span>{effect === 'permit' ? 'permits' : 'forbids'}</span>
          <span className="break-words font-mono">
            <HostileText>{id}</HostileText>
          </span>
          <span className="text-ink-3">
            <HostileText>{reason}</HostileText>
          </span>
        </li>
      ))}
    </ul>
  );
}

function FactsTable({ decision: { facts } }: { decision: DecisionPage }) {
  const resource = facts.resource as unknown as Record<string, unknown>;
  const rows = Object.entries(VERSION_FACTS).map(([name, { says }]) => ({ name, says, value: resource[name] }));
  const { principal, context } = facts;
  return (
    <Section
      id="facts"
      title="Facts that it saw"
      aside="As they were; what is not known is absent, and never counts as good"
    >
      <p className="mb-3 text-ink-2 text-sm">
        Asked by {principal.type === 'Organization' ? 'the organization' : `a person with the role ${principal.role}`}
        {context.team && ` for team ${context.team}`}.
      </p>
      <dl className="divide-y divide-line border-line border-y text-sm">
        {rows.map(({ name, says, value }) => (
          <div key={name} className="grid gap-x-4 py-1.5 sm:grid-cols-[11rem_minmax(0,1fr)_minmax(0,1fr)]">
            <dt className="font-mono">{name}</dt>
            <dd className="min-w-0 break-words font-mono text-xs leading-5">
              {value === undefined ? (
                <span className="font-sans text-ink-3">not known</span>
              ) : (
                <FactValue value={value} />
              )}
            </dd>
            <dd className="text-ink-3">
              <RuleText>{says}</RuleText>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function FactValue({ value }: { value: unknown }) {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : <HostileText>{value.join(', ')}</HostileText>;
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([name, own]) => (
      <span key={name} className="block">
        {name}: <FactValue value={own} />
      </span>
    ));
  return <HostileText>{String(value)}</HostileText>;
}

async function found<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'NOT_FOUND') notFound();
    throw error;
  }
}
