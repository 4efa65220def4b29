import type { ReactNode } from 'react';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import { DISPUTABLE, getAnswers } from '#lib/scans/answers/index.ts';
import type { FindingClass } from '#scanners/types.ts';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { countOf } from '../../../text/count-of.ts';
import { AnswerForm, DecisionForm } from './answer-forms.tsx';
import { answerParties } from './answer-parties.ts';
import { CoverageList } from './coverage-list.tsx';
import { Finding } from './finding.tsx';
import { ReportLinks } from './report-links.tsx';
import { ScanAgain } from './scan-again.tsx';

const CLASSES: readonly { class: FindingClass; title: string; about: string }[] = [
  {
    class: 'accusation',
    title: 'Accusations',
    about: 'Signs of poisoning, impersonation or hidden behaviour. The publisher can dispute them.',
  },
  { class: 'hygiene', title: 'Hygiene', about: 'Things that a careful publisher would put right.' },
  { class: 'capability', title: 'Capabilities', about: 'Facts about power. They do not count against the grade.' },
];

export async function FindingsTab({ server, viewer }: { server: ServerPage; viewer: Viewer | null }) {
  const { scan } = server;
  const answers = await getAnswers({ serverName: server.name, viewer });
  const parties = answerParties(viewer, server);
  if (!scan?.finishedAt) {
    return (
      <>
        <Notice>{notScanned(server)}</Notice>
        <ScanAgain server={server} viewer={viewer} />
      </>
    );
  }
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_17rem]">
      <div className="min-w-0">
        {scan.status === 'failed' && (
          <Notice className="mb-4">{failed(server)} What follows is from the scan before.</Notice>
        )}
        {scan.findings.length === 0 && (
          <div className="max-w-prose">
            <p className="font-medium">No findings.</p>
            <p className="mt-1 text-ink-2">
              None of the rules matched in what was covered. That is all it says: what was not covered is listed beside
              it.
            </p>
          </div>
        )}
        {CLASSES.map(({ class: of, title, about }) => {
          const findings = scan.findings.filter((finding) => finding.class === of);
          if (findings.length === 0) return null;
          return (
            <Section
              key={of}
              id={of}
              aside={about}
              title={
                of === 'accusation' ? (
                  <AccusationTitle
                    total={findings.length}
                    withdrawn={findings.filter(({ fingerprint }) => answers.get(fingerprint)?.isWithdrawn).length}
                  />
                ) : (
                  <>
                    {title} <span className="font-normal text-ink-3">{findings.length}</span>
                  </>
                )
              }
            >
              <ul className="grid gap-4">
                {findings.map((finding) => (
                  <li key={finding.fingerprint}>
                    <Finding finding={finding} server={server} answers={answers.get(finding.fingerprint)}>
                      <AnswerForm
                        serverName={server.name}
                        version={server.version}
                        finding={finding}
                        parties={parties}
                        answers={answers.get(finding.fingerprint)}
                      />
                      {viewer?.isInstanceAdmin && DISPUTABLE.includes(of) && (
                        <details className="mt-2 text-sm">
                          <summary className="link w-fit cursor-pointer">Decide as an admin</summary>
                          <DecisionForm
                            serverName={server.name}
                            version={server.version}
                            finding={finding}
                            isDecided={answers.get(finding.fingerprint)?.admin != null}
                          />
                        </details>
                      )}
                    </Finding>
                  </li>
                ))}
              </ul>
            </Section>
          );
        })}
      </div>
      <aside>
        <h2 className="label mb-2">Coverage</h2>
        <CoverageList scan={scan} />
        <ReportLinks server={server} />
        <ScanAgain server={server} viewer={viewer} />
      </aside>
    </div>
  );
}

/** Red as long as one accusation stands. */
function AccusationTitle({ total, withdrawn }: { total: number; withdrawn: number }) {
  return (
    <>
      <span className={total > withdrawn ? 'text-accusation' : undefined}>{countOf(total, 'accusation')}</span>
      {withdrawn > 0 && <span className="font-normal text-ink-3">, {withdrawn} withdrawn</span>}
    </>
  );
}

function notScanned(server: ServerPage): ReactNode {
  switch (server.scan?.status) {
    case 'queued':
      return 'The scan of this version waits for a free worker. Nothing is known of it yet.';
    case 'running':
      return 'This version is being scanned now. Nothing is known of it yet.';
    case 'failed':
      return failed(server);
    default:
      return 'This version has not been scanned. Nothing is known of it.';
  }
}

function failed({ scan }: ServerPage): ReactNode {
  return (
    <>
      The scan did not finish{scan?.error ? `: ${scan.error.message}` : '.'}{' '}
      {scan?.error && <code className="text-ink-3">{scan.error.code}</code>}
    </>
  );
}
