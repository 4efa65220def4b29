import { CONFORMANCE_CASES } from './cases/index.ts';
import { HttpClient, Unreachable } from './http-client.ts';
import { CaseFailure, CaseSkip, TokenRefused } from './outcome.ts';
import { Registry } from './registry.ts';
import type { CaseResult, ConformanceCase, Fault, Report } from './types.ts';
import { Writer } from './writer.ts';

export type ConformanceOptions = {
  /** Of the registry, without `/v0.1`; it may have a path. */
  baseUrl: string;
  /** A token that may publish. Without it the cases that write are skipped. */
  writeToken?: string;
  /** A token that may replace manifests (`PUT`); the write token unless told. */
  editToken?: string;
  /** Namespace to publish under; read from the token or the registry's refusal unless told. */
  writeNamespace?: string;
  /** Ids of cases or areas; all unless told. */
  only?: readonly string[];
  onCase?: (result: CaseResult) => void;
  signal?: AbortSignal;
};

/**
 * Tries every rule on a registry over HTTP, one request at a time, and deletes what it published. Throws Unreachable when
 * nothing answers at the address, and TokenRefused when a token that was given is answered with 401.
 */
export async function runConformance({
  baseUrl,
  writeToken,
  editToken,
  writeNamespace,
  only,
  onCase,
  signal,
}: ConformanceOptions): Promise<Report> {
  const started = new Date();
  const http = new HttpClient(baseUrl);
  await requireAnswer(http);
  const writer = writeToken
    ? new Writer({ http, token: writeToken, editToken: editToken ?? writeToken, namespace: writeNamespace ?? null })
    : null;
  const registry = new Registry({ http, writer });
  const cases = selectCases(only);
  if (cases.some(({ needs }) => needs !== undefined)) await writer?.requireTokens();
  const results: CaseResult[] = [];
  let leftovers: string[] = [];
  try {
    for (const entry of cases) {
      signal?.throwIfAborted();
      const result = await runCase(entry, registry, writer !== null);
      results.push(result);
      onCase?.(result);
    }
  } finally {
    leftovers = (await writer?.cleanUp()) ?? [];
  }
  const count = (outcome: CaseResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  return {
    baseUrl: http.baseUrl,
    startedAt: started.toISOString(),
    milliseconds: Date.now() - started.getTime(),
    results,
    counts: { passed: count('passed'), failed: count('failed'), skipped: count('skipped') },
    leftovers,
  };
}

/** The cases of these ids and areas, in the order of the report. */
export const selectCases = (only: readonly string[] = []): ConformanceCase[] =>
  CONFORMANCE_CASES.filter(({ id, area }) => only.length === 0 || only.includes(id) || only.includes(area));

async function requireAnswer(http: HttpClient): Promise<void> {
  try {
    await http.send('/v0.1/servers?limit=1');
  } catch (error) {
    if (!(error instanceof CaseFailure)) throw error;
    throw new Unreachable(`${http.baseUrl} cannot be reached: ${error.fault.seen.replace(/^none: /, '')}`);
  }
}

async function runCase(entry: ConformanceCase, registry: Registry, canWrite: boolean): Promise<CaseResult> {
  const { run, needs, ...facts } = entry;
  const started = performance.now();
  const before = registry.http.count;
  const ended = await outcomeOf(async () => {
    if (needs && !canWrite) throw new CaseSkip('There is no token to write with (--write-token).');
    await run.call(entry, registry);
  });
  return {
    ...facts,
    ...ended,
    requests: registry.http.count - before,
    milliseconds: Math.round(performance.now() - started),
  };
}

async function outcomeOf(run: () => Promise<void>): Promise<Pick<CaseResult, 'outcome' | 'reason' | 'fault'>> {
  try {
    await run();
    return { outcome: 'passed', reason: null, fault: null };
  } catch (error) {
    if (error instanceof TokenRefused) throw error;
    if (error instanceof CaseSkip) return { outcome: 'skipped', reason: error.message, fault: null };
    return { outcome: 'failed', reason: null, fault: faultOf(error) };
  }
}

/** An answer that not even the case understands is a fault of the answer; the sentence helps to tell it from one of ours. */
function faultOf(error: unknown): Fault {
  if (error instanceof CaseFailure) return error.fault;
  const seen = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { request: 'unknown', expected: 'an answer that can be judged', seen };
}
