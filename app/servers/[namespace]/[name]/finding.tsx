import Link from 'next/link';
import type { ReactNode } from 'react';
import type { ServerPage } from '#lib/catalog/views.ts';
import type { FindingAnswers as Answers } from '#lib/scans/answers/index.ts';
import type { FindingLocation, Finding as ScanFinding } from '#scanners/types.ts';
import { cn } from '../../../cn.ts';
import { EvidenceQuote } from '../../../components/evidence-quote.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { ReferenceLinks } from '../../../components/reference-links.tsx';
import { RuleText } from '../../../components/rule-text.tsx';
import { ANSWER_WORD } from '../../../text/answer-words.ts';
import { FindingAnswers } from './finding-answers.tsx';
import { tabPath } from './tabs.ts';
import { toolAnchor } from './tool-anchor.ts';

/** One finding with everything that supports it and what was answered. Red only where it accuses and was not withdrawn. */
export function Finding({
  finding,
  server,
  answers,
  children,
}: {
  finding: ScanFinding;
  server: ServerPage;
  answers: Answers | undefined;
  /** Forms of those who may answer. */
  children?: ReactNode;
}) {
  const accuses = finding.class === 'accusation' && !answers?.isWithdrawn;
  const state = answers && (answers.isDisputed ? answers.publisher : (answers.admin ?? answers.publisher));
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
        {state && (
          <span className="rounded-sm border border-line-strong border-dashed px-1.5 text-2xs text-ink-2 leading-5">
            {ANSWER_WORD[state.kind]}
          </span>
        )}
        <span className="text-ink-3 text-xs">
          {finding.confidence} ·{' '}
          <Link href={`/rules/${encodeURIComponent(finding.ruleId)}`} prefetch={false} className="link">
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
          <span key={`${location.document}${location.pointer}${location.line ?? ''}`}>
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
      {answers && <FindingAnswers answers={answers} scannedAt={server.scan?.finishedAt ?? null} />}
      {children}
    </article>
  );
}

function Place({ location, server }: { location: FindingLocation; server: ServerPage }) {
  const { document, pointer, subject, path, line } = location;
  if (document === 'package') {
    return (
      <code>
        <HostileText>{path ?? pointer}</HostileText>:{line ?? 1}
      </code>
    );
  }
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
