import type { OpenDispute } from '#lib/scans/answers/index.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { Time } from '../components/time.tsx';
import { serverPath } from '../paths.ts';
import { DecisionForm } from '../servers/[namespace]/[name]/answer-forms.tsx';

/** A dispute with the way to its evidence and the form that decides it. */
export function DisputeCard({ dispute }: { dispute: OpenDispute }) {
  const { serverName, version, fingerprint, ruleId, title, by, party, reason, at, isCurrent } = dispute;
  const evidence = `${serverPath(serverName, { version, tab: 'findings' })}#finding-${fingerprint.slice(0, 12)}`;
  return (
    <article className="sheet p-4 text-sm">
      <h3 className="font-semibold">{title}</h3>
      <p className="text-ink-3 text-xs">
        <code>{ruleId}</code>
      </p>
      <p className="mt-1 font-mono text-xs">
        <HostileText>{`${serverName} ${version}`}</HostileText>
      </p>
      <p className="mt-2">
        <span className="font-medium">
          <HostileText>{by}</HostileText>
        </span>
        {party === 'organization' ? ', an organization, says for itself: ' : ', the publisher, says: '}
        <span className="text-ink-3">
          <Time iso={at} />
        </span>
      </p>
      <p className="mt-0.5 whitespace-pre-wrap wrap-anywhere border-line-strong border-l-2 pl-2 text-ink-2">
        <HostileText>{reason}</HostileText>
      </p>
      {isCurrent ? (
        <>
          <p className="mt-3">
            <PendingLink href={evidence} className="link">
              Read the evidence
            </PendingLink>
          </p>
          <details className="mt-2">
            <summary className="link w-fit cursor-pointer">Decide</summary>
            <DecisionForm
              serverName={serverName}
              version={version}
              finding={{ fingerprint, title, class: 'accusation' }}
              isDecided={false}
            />
          </details>
        </>
      ) : (
        <p className="mt-3 text-ink-3">The newest scan of this version does not have the finding any more.</p>
      )}
    </article>
  );
}
