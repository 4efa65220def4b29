import { FLOW_FACTS, type Flow, type FlowFact, type ServerFacts } from '#scanners/flows/index.ts';
import { cn } from '../../../cn.ts';
import { countOf } from '../../../text/count-of.ts';
import { FLOW_FACT_WORDS } from '../../../text/flow-words.ts';
import { visibleText } from '../../../text/split-invisible.ts';

const COLUMN = { width: 208, gap: 88 };
const NODE = { height: 44, gap: 12 };
const TOP = 28;
/** Nodes of a column; a longer list is in the text below. */
const SHOWN = 14;

type Node = { id: string; server: string; label: string; tools: number; x: number; y: number };

/**
 * The facts of every server in three columns, from what comes in to what goes out, with the path of one flow drawn through
 * them. Everything that it says is in the list below it too.
 */
export function FlowGraph({ servers, flow }: { servers: ServerFacts[]; flow: Flow }) {
  const nodes = Object.fromEntries(
    FLOW_FACTS.map((fact, column) => [fact, nodesOf(servers, fact, column, flow)]),
  ) as Record<FlowFact, Node[]>;
  const rows = Math.max(...FLOW_FACTS.map((fact) => nodes[fact].length));
  const width = 3 * COLUMN.width + 2 * COLUMN.gap;
  const height = TOP + rows * (NODE.height + NODE.gap);
  const path = flow.steps.map((step) => nodes[step.fact].find(({ server }) => server === step.server));
  return (
    <figure className="overflow-x-auto">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label="Which servers bring in strangers’ words, read private data and send something out, and one path through them. The list below says the same."
        className="w-full min-w-[40rem] max-w-4xl text-ink"
      >
        {FLOW_FACTS.map((fact, column) => (
          <text key={fact} x={column * (COLUMN.width + COLUMN.gap)} y={14} className="fill-ink-3 font-medium text-xs">
            {FLOW_FACT_WORDS[fact]}
          </text>
        ))}
        {path.slice(0, -1).map((from, i) => {
          const to = path[i + 1];
          return from && to ? <Edge key={from.id} from={from} to={to} /> : null;
        })}
        {FLOW_FACTS.flatMap((fact) =>
          nodes[fact].map((node) => <Box key={node.id} node={node} isOnPath={path.includes(node)} />),
        )}
      </svg>
    </figure>
  );
}

/** The servers with a fact, the one on the path always among them. */
function nodesOf(servers: ServerFacts[], fact: FlowFact, column: number, flow: Flow): Node[] {
  const onPath = flow.steps.find((step) => step.fact === fact)?.server;
  const having = servers.filter((server) => server.facts[fact].length > 0);
  const shown = having.filter(({ name }, i) => i < SHOWN - 1 || name === onPath).slice(0, SHOWN);
  return shown.map(({ name, title, facts }, row) => ({
    id: `${fact} ${name}`,
    server: name,
    label: visibleText(title ?? name),
    tools: facts[fact].length,
    x: column * (COLUMN.width + COLUMN.gap),
    y: TOP + row * (NODE.height + NODE.gap),
  }));
}

function Edge({ from, to }: { from: Node; to: Node }) {
  const [x1, y1] = [from.x + COLUMN.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x, to.y + NODE.height / 2];
  const middle = (x1 + x2) / 2;
  return (
    <g className="stroke-accent" fill="none" strokeWidth={2}>
      <path d={`M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2 - 2} ${y2}`} />
      <path d={`M${x2 - 9} ${y2 - 5} L${x2 - 1} ${y2} L${x2 - 9} ${y2 + 5}`} />
    </g>
  );
}

const LABEL_CHARS = 25;

function Box({ node, isOnPath }: { node: Node; isOnPath: boolean }) {
  const label = node.label.length > LABEL_CHARS ? `${node.label.slice(0, LABEL_CHARS - 1)}…` : node.label;
  return (
    <g>
      <title>{node.label}</title>
      <rect
        x={node.x + 1}
        y={node.y + 1}
        width={COLUMN.width - 2}
        height={NODE.height - 2}
        rx={4}
        strokeWidth={isOnPath ? 2 : 1}
        className={cn('fill-sheet stroke-line-strong', isOnPath && 'fill-accent-wash stroke-accent')}
      />
      <text x={node.x + 12} y={node.y + 19} className="fill-ink text-sm" style={{ unicodeBidi: 'isolate' }}>
        {label}
      </text>
      <text x={node.x + 12} y={node.y + 35} className="fill-ink-3 text-xs">
        {countOf(node.tools, 'tool')}
      </text>
    </g>
  );
}
