import { sha256 } from '../drift/same-json.ts';
import { compareText } from '../order.ts';
import { factsOfTool } from './tool-facts.ts';
import {
  FLOW_FACTS,
  type Flow,
  type FlowFact,
  type FlowReport,
  type FlowServer,
  type FlowStep,
  type ServerFacts,
} from './types.ts';

/**
 * The ways by which a stranger's words could carry private data away: within each server, and across all of them together. One
 * flow for each server with private data, with the plainest tools as its steps; the others are counted. Pure; linear in the
 * number of tools. Not a verdict: every step is what the tool is for.
 */
export function findFlows(servers: readonly FlowServer[]): FlowReport {
  const facts = servers
    .map(serverFacts)
    .filter((server) => FLOW_FACTS.some((fact) => server.facts[fact].length > 0))
    .sort((a, b) => compareText(a.name, b.name));
  const within = facts.flatMap((server) => flow('within', server, [server], [server]) ?? []);
  const across = facts.flatMap((server) => {
    if (server.facts['private-data'].length === 0) return [];
    const others = facts.filter((other) => other !== server);
    // A step on another server where there is one: what the server can do alone is said within it.
    return (
      flow('across', server, others, others) ??
      flow('across', server, others, [server]) ??
      flow('across', server, [server], others) ??
      []
    );
  });
  return { servers: facts, within, across: across.map((one) => withOthers(one, facts)) };
}

function serverFacts({ name, title, tools }: FlowServer): ServerFacts {
  const all = tools.flatMap((tool) => factsOfTool(tool).map((fact) => ({ ...fact, tool: tool.name })));
  const of = (fact: FlowFact) =>
    all
      .filter((one) => one.fact === fact)
      .sort((a, b) => a.rank - b.rank || compareText(a.tool, b.tool))
      .map(({ tool, what, rank }) => ({ tool, what, rank }));
  return {
    name,
    title,
    facts: {
      'untrusted-content': of('untrusted-content'),
      'private-data': of('private-data'),
      'way-out': of('way-out'),
    },
  };
}

function flow(
  scope: Flow['scope'],
  server: ServerFacts,
  sources: readonly ServerFacts[],
  sinks: readonly ServerFacts[],
): Flow | null {
  const steps = [step('untrusted-content', sources), step('private-data', [server]), step('way-out', sinks)] as const;
  const [source, data, sink] = steps;
  if (source === null || data === null || sink === null) return null;
  return {
    scope,
    severity: scope === 'within' ? 'info' : 'medium',
    server: server.name,
    steps: [source, data, sink],
    fingerprint: sha256(JSON.stringify([scope, ...steps.map((one) => [one?.server, one?.tool])])),
  };
}

/** The plainest case among these servers; the first by name where several are as plain. */
function step(fact: FlowFact, servers: readonly ServerFacts[]): FlowStep | null {
  let best: FlowStep | null = null;
  for (const { name, facts } of servers) {
    const [first] = facts[fact];
    if (first !== undefined && (best === null || first.rank < best.rank))
      best = { ...first, server: name, fact, others: 0 };
  }
  return best && { ...best, others: countOf(fact, servers) - 1 };
}

const countOf = (fact: FlowFact, servers: readonly ServerFacts[]): number =>
  servers.reduce((sum, server) => sum + server.facts[fact].length, 0);

/** Across servers every tool of the list would do as source or sink. */
function withOthers(one: Flow, servers: readonly ServerFacts[]): Flow {
  const [source, data, sink] = one.steps;
  return {
    ...one,
    steps: [
      { ...source, others: countOf('untrusted-content', servers) - 1 },
      data,
      { ...sink, others: countOf('way-out', servers) - 1 },
    ],
  };
}
