import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PRODUCT_VERSION } from '#lib/config/product.ts';
import { acknowledge, FeedError, type FeedTrust, writeAtomically } from '#lib/feed/client/index.ts';
import type { Audit } from '../audit/audit.ts';
import type { Scope } from '../decisions/scope.ts';
import type { FeedAttempt, FeedWatch } from './feed-watch.ts';

/** An unreachable registry is told as long as it does not answer: not at every poll. */
const REPEAT_PROBLEM_MS = 5 * 60_000;

/**
 * Tells the registry which list this gateway applies: after each new one, and when a newer one could not be applied
 * although the feed answered. Nothing waits for it, and what fails is in the audit only.
 */
export function reportFeed({
  watch,
  trust,
  token,
  stateDir,
  scope,
  audit,
  now,
  fetch = globalThis.fetch,
}: {
  watch: FeedWatch;
  trust: FeedTrust;
  token: string;
  stateDir: string;
  scope: Scope;
  audit: Audit;
  now: () => Date;
  fetch?: typeof globalThis.fetch;
}): (attempt: FeedAttempt) => Promise<void> {
  let toldProblem: { code: string; at: number } | null = null;
  const tell = async ({ feed, isNew, failure }: FeedAttempt) => {
    if (!feed) return;
    const isProblem = failure !== null && failure.code !== 'FEED_UNREACHABLE';
    const isRepeated =
      toldProblem?.code === failure?.code && now().getTime() - (toldProblem?.at ?? 0) < REPEAT_PROBLEM_MS;
    const isOver = !isProblem && failure === null && toldProblem !== null;
    if (!isNew && !isOver && (!isProblem || isRepeated)) return;
    toldProblem = isProblem ? { code: failure.code, at: now().getTime() } : null;
    const { environment, team, group } = scope;
    try {
      const outcome = await acknowledge({
        trust,
        token,
        feed,
        fetch,
        report: {
          instance: await instanceName(stateDir),
          program: `hallmark-gateway/${PRODUCT_VERSION}`,
          appliedAt: now(),
          ...(environment === null ? {} : { environment }),
          ...(team === null ? {} : { team }),
          ...(group === null ? {} : { group }),
          ...(isProblem ? { problem: { code: failure.code, message: failure.message } } : {}),
        },
      });
      if (outcome !== 'recorded') audit({ event: 'feed', message: `acknowledged: ${outcome}` });
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      audit({ event: 'feed', code: error.code, message: error.message });
    }
  };
  watch.onAttempt((attempt) => void tell(attempt));
  return tell;
}

/** A name of this copy, made once and kept beside what it accepted. */
export async function instanceName(stateDir: string): Promise<string> {
  const file = path.join(stateDir, 'instance');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f-]{36}$/.test(known.trim())) return known.trim();
  const name = randomUUID();
  await writeAtomically(file, `${name}\n`).catch(() => {});
  return name;
}
