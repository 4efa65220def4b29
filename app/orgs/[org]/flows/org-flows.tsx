import type { OrgFlows } from '#lib/orgs/org-flows.ts';
import type { Flow, FlowStep } from '#scanners/flows/index.ts';
import { cn } from '../../../cn.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Section } from '../../../components/section.tsx';
import { serverPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { FLOW_FACT_WORDS } from '../../../text/flow-words.ts';
import { FlowGraph } from './flow-graph.tsx';

const SHOWN = 50;

/** What the approved servers make possible together. A fact to weigh; nobody did anything wrong. */
export function OrgFlowsView({
  flows,
  path,
  selected,
}: {
  flows: OrgFlows;
  path: string;
  selected: string | undefined;
}) {
  const { across, within, servers, approved } = flows;
  const all = [...across, ...within];
  const shown = all.find((flow) => flow.fingerprint.slice(0, 12) === selected) ?? all[0];
  const seen = `${countOf(approved.tools, 'allowed tool')} of ${countOf(approved.servers, 'approved server')}`;
  return (
    <div>
      <p className="mb-5 max-w-prose text-ink-2 text-sm">
        When one tool brings in what a stranger wrote, another reads private data and a third sends something out, the
        stranger’s words can make a model carry the data away. Each of them is ordinary by itself. Read from names,
        descriptions, schemas and annotations of {seen}; tools that the policy denies are left out.
      </p>
      {shown === undefined ? (
        <p className="font-medium">No such path among the allowed tools.</p>
      ) : (
        <FlowGraph servers={servers} flow={shown} />
      )}
      <FlowList
        id="across"
        title="Across servers"
        about="Nobody who looks at one server sees these. Deny one tool of a path and it is cut."
        {...{ flows: across, path, shown }}
      />
      <FlowList
        id="within"
        title="Within one server"
        about="What a single server offers."
        {...{ flows: within, path, shown }}
      />
    </div>
  );
}

function FlowList({
  id,
  title,
  about,
  flows,
  path,
  shown,
}: {
  id: string;
  title: string;
  about: string;
  flows: Flow[];
  path: string;
  shown: Flow | undefined;
}) {
  if (flows.length === 0) return null;
  return (
    <Section id={id} title={title} aside={about} className="first:mt-8">
      <ul className="grid gap-3">
        {flows.slice(0, SHOWN).map((flow) => (
          <li
            key={flow.fingerprint}
            className={cn('sheet border-l-3 p-3', flow === shown ? 'border-l-accent' : 'border-l-line-strong')}
          >
            <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
              <h3 className="font-medium text-sm">
                Private data of <HostileText>{flow.server}</HostileText>
              </h3>
              <span className="rounded-sm border border-line-strong px-1.5 font-medium text-2xs text-ink-2 uppercase leading-5 tracking-wide">
                {flow.severity}
              </span>
              {flow !== shown && (
                <PendingLink
                  href={`${path}&flow=${flow.fingerprint.slice(0, 12)}`}
                  className="link text-sm"
                  scroll={false}
                >
                  Draw it
                </PendingLink>
              )}
            </div>
            <ol className="grid gap-2 sm:grid-cols-3">
              {flow.steps.map((step) => (
                <li key={step.fact} className="min-w-0">
                  <Step step={step} />
                </li>
              ))}
            </ol>
          </li>
        ))}
      </ul>
      {flows.length > SHOWN && <p className="mt-2 text-ink-3 text-sm">{flows.length - SHOWN} more not shown.</p>}
    </Section>
  );
}

function Step({ step: { server, tool, fact, what, others } }: { step: FlowStep }) {
  return (
    <>
      <p className="label">{FLOW_FACT_WORDS[fact]}</p>
      <p className="font-mono text-sm">
        <HostileText>{tool}</HostileText>
      </p>
      <p className="text-ink-2 text-sm">
        <HostileText>{what}</HostileText>, on{' '}
        <PendingLink href={serverPath(server, { tab: 'permissions' })} className="link">
          <HostileText>{server}</HostileText>
        </PendingLink>
        {others > 0 && <span className="text-ink-3"> ({countOf(others, 'other tool')} would do)</span>}
      </p>
    </>
  );
}
