import type { Registry } from './registry.ts';

/** Parts of the API, in the order of the report. */
export const AREAS = {
  envelope: 'Bodies and types',
  parameters: 'Parameters of the list',
  paging: 'Paging',
  sync: 'Following by updated_since',
  encoding: 'Addresses',
  caching: 'Caching',
  cors: 'Browsers',
  alias: 'The alias /v0',
  clients: 'Clients',
  service: 'The registry itself',
  validate: 'Validation',
  publish: 'Publishing',
  status: 'Status of versions',
  edit: 'Replacing a manifest',
  auth: 'Exchange of proofs',
} as const;

export type Area = keyof typeof AREAS;

/** How much a failure matters. */
export const LEVELS = {
  must: 'the specification, or what every reader relies on',
  client: 'what a named client needs, as its source or documentation has it',
  should: 'what the official registry does beyond the specification, or what spares readers a known trap',
} as const;

export type Level = keyof typeof LEVELS;

export type ConformanceCase = {
  /** Stable, `<area>-<what>`; the clients' cases start with the client. */
  id: string;
  area: Area;
  /** What holds when it passes. */
  title: string;
  /** Who is hurt, and how, when it does not. */
  why: string;
  /** Where the rule stands. */
  reference: string;
  level: Level;
  /** `write` publishes, under names of its own; `edit` also replaces what it published. */
  needs?: 'write' | 'edit';
  /** Throws CaseFailure or CaseSkip. */
  run(registry: Registry): Promise<void>;
};

export type Fault = { request: string; expected: string; seen: string };

export type CaseResult = Pick<ConformanceCase, 'id' | 'area' | 'title' | 'why' | 'reference' | 'level'> & {
  outcome: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  reason: string | null;
  fault: Fault | null;
  /** Requests that it sent. */
  requests: number;
  milliseconds: number;
};

export type Report = {
  baseUrl: string;
  startedAt: string;
  milliseconds: number;
  results: CaseResult[];
  counts: Record<CaseResult['outcome'], number>;
  /** Servers that the runner published and could not delete again. */
  leftovers: string[];
};
