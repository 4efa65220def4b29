import type { ToolDefinition } from '#lib/manifest/types.ts';

/**
 * What a flow is made of (the "lethal trifecta", S. Willison, 2025): content that a stranger wrote gets to the model, the model
 * reaches private data, and something leaves again. Each is ordinary; together a stranger's words can carry the data away.
 */
export const FLOW_FACTS = ['untrusted-content', 'private-data', 'way-out'] as const;
export type FlowFact = (typeof FLOW_FACTS)[number];

export type ToolFact = {
  tool: string;
  /** What it reads or where it sends, as a noun phrase: `web pages`, `files in the directories you name`. */
  what: string;
  /** How plain the case is; 0 is the plainest. */
  rank: number;
};

/** A server with the tools that may be used. */
export type FlowServer = { name: string; title: string | null; tools: readonly ToolDefinition[] };

/** `facts` are sorted by how plain the case is, then by name. */
export type ServerFacts = { name: string; title: string | null; facts: Record<FlowFact, ToolFact[]> };

export type FlowStep = ToolFact & {
  server: string;
  fact: FlowFact;
  /** Other tools, on any server of the flow's scope, that would do for this step. */
  others: number;
};

/** Severity info within one server, medium across servers. A fact about what is combined; never an accusation, never graded. */
export type Flow = {
  scope: 'within' | 'across';
  severity: 'info' | 'medium';
  /** The server whose private data it is about. */
  server: string;
  /** From the stranger's words to the way out. */
  steps: [source: FlowStep, data: FlowStep, sink: FlowStep];
  /** Hex sha256 over scope, servers and tools. */
  fingerprint: string;
};

export type FlowReport = {
  /** Those with at least one of the facts, by name. */
  servers: ServerFacts[];
  within: Flow[];
  across: Flow[];
};
