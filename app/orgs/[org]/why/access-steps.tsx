import type { AccessEvidence, AccessStep } from '#lib/orgs/allowlist/access-steps.ts';
import type { AccessAnswer } from '#lib/orgs/allowlist/explain-access.ts';
import { cn } from '../../../cn.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { StateSign, type StateTone } from '../../../components/state-sign.tsx';
import { Time } from '../../../components/time.tsx';
import { comparePath, entryPath, orgPath, serverPath } from '../../../paths.ts';

const VERDICTS = {
  allowed: 'Allowed',
  asked: 'Allowed, with a person’s word for each call',
  blocked: 'Blocked',
} as const;

const SIGNS: Record<AccessStep['outcome'], { tone: StateTone; word: string }> = {
  pass: { tone: 'good', word: 'passes' },
  ask: { tone: 'doubt', word: 'asks' },
  block: { tone: 'bad', word: 'blocks' },
  skipped: { tone: 'silent', word: 'not looked at' },
};

/** The answer to "why?", with the steps that lead to it. */
export function AccessSteps({
  answer,
  orgSlug,
  serverName,
}: {
  answer: AccessAnswer;
  orgSlug: string;
  serverName: string;
}) {
  return (
    <section aria-labelledby="answer" className="min-w-0">
      <h2 id="answer" className="font-semibold text-lg">
        {VERDICTS[answer.verdict]} <code className="font-normal text-ink-3 text-sm">{answer.code}</code>
      </h2>
      <p className="mt-1">
        <HostileText>{answer.message}</HostileText>
      </p>
      <p className="mt-1 text-ink-3 text-sm">
        <HostileText>{`${serverName} ${answer.version}`}</HostileText>, by serial {answer.serial} of{' '}
        <Time iso={answer.publishedAt} withTime hint={false} />
      </p>
      <ol className="sheet mt-4 divide-y divide-line">
        {answer.steps.map((step) => (
          <li
            key={step.id}
            className={cn(
              'grid gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]',
              step.outcome === 'block' && 'bg-accent-wash',
            )}
          >
            <p className="flex gap-2 font-medium">
              <StateSign tone={SIGNS[step.outcome].tone} />
              <span>
                {step.title} <span className="sr-only">{SIGNS[step.outcome].word}</span>
              </span>
            </p>
            <div className={cn('min-w-0', step.outcome === 'skipped' && 'text-ink-3')}>
              <HostileText>{step.says}</HostileText>
              {step.evidence.map((evidence) => {
                const { href, label } = linkOf(evidence, { orgSlug, serverName });
                return (
                  <span key={href}>
                    {' '}
                    <PendingLink href={href} className="link">
                      {label}
                    </PendingLink>
                  </span>
                );
              })}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function linkOf(
  evidence: AccessEvidence,
  { orgSlug, serverName }: { orgSlug: string; serverName: string },
): { href: string; label: string } {
  switch (evidence.kind) {
    case 'lockdown':
      return { href: orgPath(orgSlug, 'lockdown'), label: 'Lockdown' };
    case 'denial':
      return { href: orgPath(orgSlug, 'denials'), label: 'Denials' };
    case 'entry':
      return { href: entryPath(orgSlug, serverName), label: 'Entry' };
    case 'version':
      return { href: serverPath(serverName, { version: evidence.version, tab: 'approval' }), label: 'Version' };
    case 'request':
      return { href: orgPath(orgSlug, `requests/${encodeURIComponent(evidence.id)}`), label: 'Request' };
    case 'team':
    case 'group':
      return { href: orgPath(orgSlug, 'teams'), label: 'Teams and agents' };
    case 'compare':
      return {
        href: comparePath(serverName, { from: evidence.version, to: evidence.version, approved: orgSlug }),
        label: 'See what changed',
      };
  }
}
