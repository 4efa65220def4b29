import { mayInOrg } from '#lib/auth/viewer.ts';
import { getPolicyPage, type PolicyPage } from '#lib/orgs/policy/get-policy-page.ts';
import { Fact, Facts } from '../../../components/facts.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { orgPath, serverPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { CedarLines, IssueLine } from './cedar-lines.tsx';
import { FallingList } from './falling-list.tsx';
import { PolicyNav } from './policy-nav.tsx';
import { MODE_WORDS, SCOPE_WORDS } from './policy-words.ts';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Policy');

export default async function OrgPolicyRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'policy');
  const page = await getPolicyPage({ viewer, orgSlug: org.slug });
  const canEdit = mayInOrg(org.role, 'policy.edit');
  return (
    <OrgFrame org={org} part="policy">
      <PolicyNav slug={org.slug} current="policy" canEdit={canEdit} />
      {page.inForce === null ? <NoPolicy slug={org.slug} canEdit={canEdit} /> : <InForce slug={org.slug} page={page} />}
      <FallingList rows={page.falling} slug={org.slug} canDecide={mayInOrg(org.role, 'allowlist.decide')} />
      <Exceptions rows={page.exceptions} />
      <Cooling rows={page.cooling} />
      <History slug={org.slug} page={page} />
    </OrgFrame>
  );
}

function NoPolicy({ slug, canEdit }: { slug: string; canEdit: boolean }) {
  return (
    <div className="max-w-prose text-ink-2">
      <p>
        There is no policy: people decide about every request. A policy permits or forbids versions by facts, such as
        who published them, how they are signed, and what the scan found.
      </p>
      {canEdit ? (
        <p className="mt-3">
          <PendingLink href={orgPath(slug, 'policy/edit')} className="link">
            Make one from templates
          </PendingLink>
        </p>
      ) : (
        <p className="mt-3 text-ink-3">Owners can make one.</p>
      )}
    </div>
  );
}

function InForce({ slug, page }: { slug: string; page: PolicyPage }) {
  const policy = page.inForce!;
  const mode = MODE_WORDS[policy.mode]!;
  const rules = Object.entries(policy.toolPolicy.rules);
  return (
    <Section
      id="in-force"
      title={`Version ${policy.version}`}
      aside={
        <>
          Saved <Time iso={policy.at} />
          {policy.by && (
            <>
              {' '}
              by <HostileText>{policy.by}</HostileText>
            </>
          )}
          : <HostileText>{policy.note}</HostileText>
        </>
      }
    >
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          {page.issues
            .filter(({ place }) => place === null)
            .map((issue) => (
              <IssueLine key={issue.message} issue={issue} className="mb-2" />
            ))}
          <CedarLines text={policy.cedar.trimEnd()} issues={page.issues} />
        </div>
        <Facts className="content-start">
          <Fact label="Mode">
            {mode.label}. <span className="text-ink-3">{mode.text}</span>
          </Fact>
          <Fact label="Looks at">
            {SCOPE_WORDS[page.scope]!.label}. <span className="text-ink-3">{SCOPE_WORDS[page.scope]!.text}</span>
          </Fact>
          <Fact label="Cool-down">
            {policy.coolDownDays === 0 ? 'None' : `${countOf(policy.coolDownDays, 'day')} after publication`}
          </Fact>
          <Fact label="Tools of a server that is new to the list">
            {policy.toolPolicy.default}
            {rules.length > 0 && (
              <span className="block font-mono text-xs">
                {rules.map(([name, decision]) => (
                  <span key={name} className="block">
                    <HostileText>{name}</HostileText>: {decision}
                  </span>
                ))}
              </span>
            )}
          </Fact>
          <Fact label="Decisions so far">
            <PendingLink href={orgPath(slug, 'policy/decisions')} className="link">
              {page.decisions.approve} approve, {page.decisions.deny} deny, {page.decisions.review} for a person
            </PendingLink>
          </Fact>
          <Fact label="Waiting for the policy">{page.due > 0 && countOf(page.due, 'version')}</Fact>
          <Fact label="Schema">
            <a href="/api/v1/policy-schema" className="link">
              Facts that a policy can ask for
            </a>
          </Fact>
        </Facts>
      </div>
    </Section>
  );
}

function Exceptions({ rows }: { rows: PolicyPage['exceptions'] }) {
  if (rows.length === 0) return null;
  return (
    <Section id="exceptions" title="Exceptions" aside="Approved against the policy, until a day">
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <li key={row.serverName} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
            <div className="min-w-0">
              <PendingLink href={serverPath(row.serverName)} className="link break-words font-mono">
                {row.serverName}
              </PendingLink>{' '}
              <span className="font-mono">{row.versions.join(', ')}</span>
              <p className="text-ink-3">
                <HostileText>{row.reason}</HostileText> · owner:{' '}
                <HostileText>{row.owner ?? 'nobody any more'}</HostileText>
              </p>
            </div>
            <span>
              {row.expiresAt === null ? (
                'without an end'
              ) : (
                <>
                  <span className="font-medium">{countOf(row.daysLeft ?? 0, 'day')} left</span>, until{' '}
                  <Time iso={row.expiresAt} hint={false} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Cooling({ rows }: { rows: PolicyPage['cooling'] }) {
  if (rows.length === 0) return null;
  return (
    <Section id="cooling" title="Cooling down" aside="Permitted, and too young">
      <ul className="divide-y divide-line">
        {rows.map(({ serverName, version, until }) => (
          <li key={`${serverName} ${version}`} className="flex flex-wrap justify-between gap-x-4 py-2 text-sm">
            <PendingLink href={serverPath(serverName, { version })} className="link break-words font-mono">
              {serverName} {version}
            </PendingLink>
            <span>
              waits until <Time iso={until} withTime />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function History({ slug, page }: { slug: string; page: PolicyPage }) {
  if (page.history.length === 0) return null;
  return (
    <Section id="history" title="History">
      <ol className="divide-y divide-line">
        {page.history.map(({ version, mode, note, by, at, coolDownDays }) => (
          <li key={version} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
            <PendingLink href={orgPath(slug, `policy/history/${version}`)} className="link">
              Version {version}
            </PendingLink>
            <span className="min-w-0">
              <HostileText>{note}</HostileText>
              <span className="block text-ink-3">
                {MODE_WORDS[mode]!.label}
                {coolDownDays > 0 && `, cool-down of ${countOf(coolDownDays, 'day')}`}
              </span>
            </span>
            <span className="text-ink-3">
              {by && <HostileText>{by}</HostileText>} <Time iso={at} />
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
