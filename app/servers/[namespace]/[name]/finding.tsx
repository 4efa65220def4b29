import Link from 'next/link';
import type { ServerPage } from '#lib/catalog/views.ts';
import type { Evidence, FindingLocation, Finding as ScanFinding } from '#scanners/types.ts';
import { cn } from '../../../cn.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { ReferenceLinks } from '../../../components/reference-links.tsx';
import { RuleText } from '../../../components/rule-text.tsx';
import { tabPath } from './tabs.ts';
import { toolAnchor } from './tool-anchor.ts';

/** One finding with everything that supports it. Red only where it accuses. */
export function Finding({ finding, server }: { finding: ScanFinding; server: ServerPage }) {
  const accuses = finding.class === 'accusation';
  return (
    <article
      id={`finding-${finding.fingerprint.slice(0, 12)}`}
      className={cn('sheet border-l-3 p-4', accuses ? 'border-l-accusation' : 'border-l-line-strong')}
    >
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h3 className="font-semibold">{finding.title}</h3>
        <span
          className={cn(
            'rounded-sm px-1.5 font-medium text-2xs uppercase leading-5 tracking-wide',
            accuses ? 'bg-accusation text-on-accusation' : 'border border-line-strong text-ink-2',
          )}
        >
          {finding.severity}
        </span>
        <span className="text-ink-3 text-xs">
          {finding.confidence} ·{' '}
          <Link href={`/rules#${finding.ruleId}`} prefetch={false} className="link">
            <code>{finding.ruleId}</code>
          </Link>
        </span>
      </header>
      <p className="mt-1 text-ink-2">
        <HostileText>{finding.message}</HostileText>
      </p>
      {finding.evidence && <EvidenceQuote evidence={finding.evidence} accuses={accuses} />}
      <p className="mt-2 text-ink-3 text-xs">
        In <Place location={finding.location} server={server} />
        {finding.alsoAt?.map((location) => (
          <span key={`${location.document}${location.pointer}`}>
            , <Place location={location} server={server} />
          </span>
        ))}
      </p>
      <p className="mt-3 border-line border-t pt-2 text-sm">
        <span className="font-medium">What to do: </span>
        <span className="text-ink-2">
          <RuleText>{finding.remediation}</RuleText>
        </span>
      </p>
      <ReferenceLinks references={finding.references} />
    </article>
  );
}

/** The excerpt with the offending span marked. The scanner has already written out what is invisible. */
export function EvidenceQuote({ evidence, accuses }: { evidence: Evidence; accuses: boolean }) {
  const { excerpt, start, end, decoded } = evidence;
  return (
    <div className="mt-3 rounded-md border border-line bg-well px-3 py-2 font-mono text-xs leading-5">
      <p className="whitespace-pre-wrap">
        <HostileText>{excerpt.slice(0, start)}</HostileText>
        <mark
          className={cn(
            'rounded-sm px-0.5 text-ink',
            accuses
              ? 'bg-accusation-wash underline decoration-2 decoration-accusation underline-offset-3'
              : 'bg-accent-wash underline decoration-accent underline-offset-3',
          )}
        >
          <HostileText>{excerpt.slice(start, end)}</HostileText>
        </mark>
        <HostileText>{excerpt.slice(end)}</HostileText>
      </p>
      {decoded !== undefined && (
        <p className="mt-2 border-line border-t pt-2">
          <span className="font-sans text-ink-3">Decoded: </span>
          <HostileText>{decoded}</HostileText>
        </p>
      )}
    </div>
  );
}

function Place({ location, server }: { location: FindingLocation; server: ServerPage }) {
  const { document, pointer, subject } = location;
  const text = (
    <code>
      {document}
      {pointer && (
        <>
          {' '}
          <HostileText>{pointer}</HostileText>
        </>
      )}
    </code>
  );
  const isTool = document === 'tools.json' && subject && server.tools?.some((tool) => tool.name === subject);
  if (!isTool) return text;
  return (
    <Link href={`${tabPath(server, 'tools')}#${toolAnchor(subject)}`} prefetch={false} className="link">
      {text}
    </Link>
  );
}
