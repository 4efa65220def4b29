import type { ServerPage } from '#lib/catalog/views.ts';
import { findFlows } from '#scanners/flows/index.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { FLOW_FACT_WORDS } from '../../../text/flow-words.ts';

/** Said where one server has all three: a fact about the combination, no finding and no part of the grade. */
export function FlowFact({ server }: { server: ServerPage }) {
  const { within } = findFlows([{ name: server.name, title: server.title, tools: server.tools ?? [] }]);
  const [flow] = within;
  if (flow === undefined) return null;
  return (
    <section aria-labelledby="flow-title" className="mt-6 text-sm">
      <h2 id="flow-title" className="font-semibold">
        What its tools can do together
      </h2>
      <p className="mt-1 max-w-prose text-ink-2">
        One tool brings in what a stranger may have written, one reads private data, one sends something out. Words that
        come in could make a model carry data out. This is what such servers are for, and no fault: allow fewer tools
        where that is too much.
      </p>
      <ol className="mt-3 grid gap-3 sm:grid-cols-3">
        {flow.steps.map(({ fact, tool, what, others }) => (
          <li key={fact} className="min-w-0 border-line-strong border-l-2 pl-3">
            <p className="label">{FLOW_FACT_WORDS[fact]}</p>
            <p className="font-mono">
              <HostileText>{tool}</HostileText>
            </p>
            <p className="text-ink-3">
              <HostileText>{what}</HostileText>
              {others > 0 && `, and ${others} more ${others === 1 ? 'tool' : 'tools'}`}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
