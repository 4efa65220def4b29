import { setImmediate } from 'node:timers/promises';
import type { Tx } from '#lib/db/db.ts';
import { coolsUntil } from './cool-down.ts';
import { evaluatePolicy, type Outcome, sayVerdict } from './evaluate-policy.ts';
import { loadFacts } from './load-facts.ts';

/** Versions whose facts are loaded at once, and those evaluated before others get their turn (about 10 ms). */
const CHUNK = 200;
const SLICE = 20;
const MAX_SAMPLES = 15;
const MAX_FALLING = 200;

export type DryRunSample = {
  serverName: string;
  version: string;
  /** What the policy in force says; null where none is. */
  before: Outcome | null;
  after: Outcome;
  reason: string;
};

export type DryRunCounts = Record<Outcome, number> & { versions: number; errors: number };

export type DryRunResult = {
  /** Versions of the catalog that are not deleted. */
  catalog: DryRunCounts & {
    /** Approved by the draft and not by the policy in force. */
    newlyApproved: number;
    newlyDenied: number;
    /** Approved by the policy in force and left to people by the draft. */
    newlyReviewed: number;
    /** Of those approved: too young, so that they would wait. */
    cooling: number;
  };
  samples: {
    newlyApproved: DryRunSample[];
    newlyDenied: DryRunSample[];
    newlyReviewed: DryRunSample[];
    errors: DryRunSample[];
  };
  /** What the organization has approved. */
  entries: DryRunCounts;
  /** Approved versions that the draft denies, and their sources. It would not take them off by itself. */
  falling: (DryRunSample & { source: string })[];
  /** How many versions of the catalog each policy decided about, in the order of the text. */
  decided: { id: string; effect: 'permit' | 'forbid'; versions: number }[];
  /** The time was over before the catalog was. */
  isCut: boolean;
  /** Milliseconds that one evaluation took on average, without loading facts. */
  msPerDecision: number;
};

export type DryRunInput = {
  orgId: string;
  cedar: string;
  policies: readonly { id: string; effect: 'permit' | 'forbid' }[];
  coolDownDays: number;
  /** The policy in force. */
  inForce: { cedar: string; mode: string } | null;
  now: Date;
  maxMs: number;
  signal?: AbortSignal;
  onProgress?(progress: { done: number; total: number }): Promise<void>;
};

/**
 * What a draft would do to what is approved and to the whole catalog. It decides nothing and stores nothing. Works in small steps
 * with others in between, so that a process that also answers requests goes on doing so.
 */
export async function dryRun(tx: Tx, input: DryRunInput): Promise<DryRunResult> {
  const { orgId, policies, now, maxMs, signal, onProgress } = input;
  const until = performance.now() + maxMs;
  const isOver = () => signal?.aborted === true || performance.now() > until;
  const result: DryRunResult = {
    catalog: { ...noCounts(), newlyApproved: 0, newlyDenied: 0, newlyReviewed: 0, cooling: 0 },
    samples: { newlyApproved: [], newlyDenied: [], newlyReviewed: [], errors: [] },
    entries: noCounts(),
    falling: [],
    decided: policies.map(({ id, effect }) => ({ id, effect, versions: 0 })),
    isCut: false,
    msPerDecision: 0,
  };
  const decidedBy = new Map(result.decided.map((row) => [row.id, row]));
  const clock: Clock = { isWarm: false, spent: 0, decisions: 0 };

  const approved = await tx.allowlistVersion.findMany({
    where: { state: 'approved', entry: { orgId, state: 'approved' } },
    orderBy: { versionId: 'asc' },
    select: { versionId: true, source: true },
  });
  const sources = new Map(approved.map(({ versionId, source }) => [versionId, source as string]));
  const where = { status: { not: 'deleted' as const } };
  const total = approved.length + (await tx.version.count({ where }));
  let done = 0;
  for (let from = 0; from < approved.length && !isOver(); from += CHUNK) {
    const ids = approved.slice(from, from + CHUNK).map(({ versionId }) => versionId);
    for await (const { id, sample, hasErrors } of evaluated(tx, { ...input, ids, clock })) {
      count(result.entries, sample.after, hasErrors);
      if (sample.after === 'deny' && result.falling.length < MAX_FALLING)
        result.falling.push({ ...sample, source: sources.get(id) ?? 'manual' });
    }
    done += ids.length;
    await onProgress?.({ done, total });
  }

  for (let after = ''; !isOver(); ) {
    const rows = await tx.version.findMany({
      where: { ...where, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: CHUNK,
      select: { id: true },
    });
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    const ids = rows.map(({ id }) => id);
    for await (const { sample, hasErrors, deciding, publishedAt } of evaluated(tx, { ...input, ids, clock })) {
      count(result.catalog, sample.after, hasErrors);
      for (const id of deciding) {
        const row = decidedBy.get(id);
        if (row) row.versions++;
      }
      if (sample.after === 'approve' && coolsUntil({ publishedAt }, input, now)) result.catalog.cooling++;
      const change = changeOf(sample);
      if (change !== null) result.catalog[change]++;
      const samples = result.samples[hasErrors ? 'errors' : (change ?? 'errors')];
      if ((hasErrors || change !== null) && samples.length < MAX_SAMPLES) samples.push(sample);
    }
    done += ids.length;
    await onProgress?.({ done, total });
  }
  result.isCut = isOver() && done < total;
  result.msPerDecision = clock.decisions === 0 ? 0 : Number((clock.spent / clock.decisions).toFixed(4));
  return result;
}

type Clock = { isWarm: boolean; spent: number; decisions: number };
type Evaluated = { id: string; sample: DryRunSample; hasErrors: boolean; deciding: string[]; publishedAt: Date };

async function* evaluated(
  tx: Tx,
  { orgId, cedar, inForce, now, ids, clock }: DryRunInput & { ids: string[]; clock: Clock },
): AsyncGenerator<Evaluated> {
  const loaded = await loadFacts(tx, { orgId, versionIds: ids, occasion: 'dry-run', now });
  for (const [index, { row, facts }] of loaded.entries()) {
    if (index % SLICE === 0) await setImmediate();
    const started = performance.now();
    const after = evaluatePolicy(cedar, facts);
    // The first one parses the text too.
    if (clock.isWarm) {
      clock.spent += performance.now() - started;
      clock.decisions++;
    }
    clock.isWarm = true;
    const before = inForce === null || inForce.mode === 'off' ? null : evaluatePolicy(inForce.cedar, facts).outcome;
    yield {
      id: row.id,
      publishedAt: row.publishedAt,
      hasErrors: after.errors.length > 0,
      deciding: after.deciding.map(({ id }) => id),
      sample: {
        serverName: row.serverName,
        version: row.version,
        before,
        after: after.outcome,
        reason: sayVerdict(after),
      },
    };
  }
}

function changeOf({ before, after }: DryRunSample): 'newlyApproved' | 'newlyDenied' | 'newlyReviewed' | null {
  if (before === after) return null;
  if (after === 'approve') return 'newlyApproved';
  if (after === 'deny') return 'newlyDenied';
  return before === 'approve' ? 'newlyReviewed' : null;
}

const noCounts = (): DryRunCounts => ({ versions: 0, approve: 0, deny: 0, review: 0, errors: 0 });

function count(counts: DryRunCounts, outcome: Outcome, hasErrors: boolean): void {
  counts.versions++;
  counts[outcome]++;
  if (hasErrors) counts.errors++;
}

/** What the numbers of a dry run say about the draft itself, as sentences. */
export function dryRunNotes({ catalog, decided, isCut }: DryRunResult): string[] {
  const versions = catalog.versions.toLocaleString('en');
  const idle = decided
    .filter((row) => row.versions === 0)
    .map(({ id, effect }) =>
      effect === 'permit'
        ? `"${id}" approves none of ${versions} versions: its conditions are never met, or something forbids what it permits.`
        : `"${id}" denies none of ${versions} versions.`,
    );
  return [
    ...(isCut ? [`The time was over after ${versions} versions; the rest of the catalog was not looked at.`] : []),
    ...(catalog.versions > 0 ? idle : []),
    ...(catalog.versions > 0 && catalog.approve === catalog.versions
      ? ['It approves every version of the catalog.']
      : []),
    ...(catalog.errors > 0
      ? [`It cannot be evaluated for ${catalog.errors.toLocaleString('en')} versions; a person has to look at these.`]
      : []),
  ];
}
