import type { ReactNode } from 'react';
import type { ServerPage } from '#lib/catalog/views.ts';
import { Popover } from '../../../components/popover.tsx';
import { describeMarks } from '../../../marks/describe-marks.ts';
import { Mark } from '../../../marks/mark.tsx';
import { MarkExplanation } from '../../../marks/mark-row.tsx';
import { CoverageList } from './coverage-list.tsx';
import { PermissionLines } from './permission-lines.tsx';
import { SignatureEvidence } from './signature-evidence.tsx';

/** The four marks with what each says and, behind "Evidence", what it rests on. */
export function MarkStrip({ server }: { server: ServerPage }) {
  const evidence: Record<string, ReactNode> = {
    publisher: <PublisherEvidence server={server} />,
    signature: <SignatureEvidence server={server} />,
    scan: server.scan?.coverage ? <CoverageList scan={server.scan} /> : null,
    risk: server.scan && server.scan.permissions.length > 0 ? <PermissionLines server={server} /> : null,
  };
  return (
    <ul aria-label="Marks" className="sheet mt-6 grid overflow-hidden sm:grid-cols-2 lg:grid-cols-4">
      {describeMarks(server.marks).map((face) => (
        <li
          key={face.signal}
          className="-mt-px -ml-px flex gap-3 border-line border-t border-l p-4 lg:flex-col lg:gap-2"
        >
          <Mark face={face} className="size-10" />
          <div className="min-w-0">
            <p className="label">{face.heading}</p>
            <p className="font-semibold first-letter:uppercase">{face.word}</p>
            <p className="mt-1 text-ink-2 text-sm">{face.explanation}</p>
            <Popover
              heading={`${face.heading}: ${face.word}`}
              triggerLabel={`Evidence for ${face.heading}: ${face.word}`}
              triggerClassName="link mt-1.5 text-sm"
              trigger="Evidence"
            >
              <MarkExplanation text={face.explanation} signal={face.signal} />
              {evidence[face.signal] && <div className="mt-3 border-line border-t pt-3">{evidence[face.signal]}</div>}
            </Popover>
          </div>
        </li>
      ))}
    </ul>
  );
}

function PublisherEvidence({ server }: { server: ServerPage }) {
  const { level, displayName, slug } = server.marks.publisher;
  return (
    <dl className="grid gap-2">
      <div>
        <dt className="label">Namespace</dt>
        <dd className="font-mono text-xs">{server.namespace}</dd>
      </div>
      <div>
        <dt className="label">Publisher</dt>
        <dd>{displayName ? `${displayName}${slug ? ` (${slug})` : ''}` : 'none at this registry'}</dd>
      </div>
      <div>
        <dt className="label">Level</dt>
        <dd>{level}</dd>
      </div>
    </dl>
  );
}
