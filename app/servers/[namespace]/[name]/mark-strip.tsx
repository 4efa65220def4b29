import type { ReactNode } from 'react';
import type { ServerPage } from '#lib/catalog/views.ts';
import { cn } from '../../../cn.ts';
import { Fact, Facts } from '../../../components/facts.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Popover } from '../../../components/popover.tsx';
import { PublisherLink } from '../../../components/publisher-link.tsx';
import { Time } from '../../../components/time.tsx';
import { describeMarks, type MarkFace } from '../../../marks/describe-marks.ts';
import { Mark } from '../../../marks/mark.tsx';
import { MarkExplanation } from '../../../marks/mark-row.tsx';
import { proofWord } from '../../../text/words.ts';
import { CoverageList } from './coverage-list.tsx';
import { PermissionLines } from './permission-lines.tsx';
import { SignatureEvidence } from './signature-evidence.tsx';
import { tabPath } from './tabs.ts';

/** The four marks with what each says and, behind "Evidence", what it rests on. Compact where another part is read. */
export function MarkStrip({ server, isCompact }: { server: ServerPage; isCompact: boolean }) {
  const faces = describeMarks(server.marks, server);
  return (
    <ul
      aria-label="Marks"
      className={cn(
        'sheet mt-6 grid overflow-hidden',
        isCompact ? 'grid-cols-2 lg:grid-cols-4' : 'sm:grid-cols-2 lg:grid-cols-4',
      )}
    >
      {faces.map((face) => (
        <li
          key={face.signal}
          className={cn(
            '-mt-px -ml-px flex gap-3 border-line border-t border-l',
            isCompact ? 'items-center px-3 py-2.5' : 'p-4 lg:flex-col lg:gap-2',
          )}
        >
          <Mark face={face} className={isCompact ? 'size-8' : 'size-10'} />
          <div className="min-w-0">
            <p className="label">{face.heading}</p>
            <p className="font-semibold leading-tight first-letter:uppercase">{face.word}</p>
            {!isCompact && <p className="mt-1 text-ink-2 text-sm">{face.explanation}</p>}
            <Popover
              heading={`${face.heading}: ${face.word}`}
              triggerLabel={`Evidence for ${face.heading}: ${face.word}`}
              triggerClassName={cn('link text-sm', !isCompact && 'mt-1.5')}
              trigger="Evidence"
            >
              <MarkExplanation text={face.explanation} signal={face.signal} />
              {(face.signal === 'publisher' || face.signal === 'signature') && (
                <p className="mt-1">
                  <PendingLink href={tabPath(server, 'trust')} className="link">
                    Everything it rests on
                  </PendingLink>
                </p>
              )}
              <MarkEvidence face={face} server={server} />
            </Popover>
          </div>
        </li>
      ))}
    </ul>
  );
}

function MarkEvidence({ face, server }: { face: MarkFace; server: ServerPage }) {
  const evidence: Record<MarkFace['signal'], ReactNode> = {
    publisher: <PublisherEvidence server={server} />,
    signature: server.signatures.length > 0 && <SignatureEvidence server={server} />,
    scan: server.scan?.coverage && <CoverageList scan={server.scan} />,
    risk: (server.scan?.permissions.length ?? 0) > 0 && <PermissionLines server={server} isNarrow />,
  };
  const shown = evidence[face.signal];
  return shown ? <div className="mt-3 border-line border-t pt-3">{shown}</div> : null;
}

function PublisherEvidence({ server }: { server: ServerPage }) {
  const { level, slug, proof } = server.marks.publisher;
  const confirmedAt = server.namespaceProof?.confirmedAt;
  return (
    <Facts>
      <Fact label="Namespace">
        <span className="font-mono text-xs">{server.namespace}</span>
      </Fact>
      <Fact label="Publisher">{slug ? <PublisherLink publisher={server.marks.publisher} /> : 'none here'}</Fact>
      <Fact label="How it holds the namespace">{proof && proofWord(proof)}</Fact>
      <Fact label="Last confirmed">{confirmedAt && <Time iso={confirmedAt} />}</Fact>
      <Fact label="Level">{level}</Fact>
    </Facts>
  );
}
