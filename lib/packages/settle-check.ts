import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { FailedTry, PackageCheckResult } from './types.ts';

/** What is kept of a check in `PackageCheck`; `stored` holds the whole result. */
export type StoredCheck = {
  state: PackageCheckResult['state'];
  result: PackageCheckResult & { failedTry: FailedTry | null };
  checkedAt: Date;
  since: Date;
  nextCheckAt: Date;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * What stands after a new answer, given what stood before (null at first). A registry that cannot be reached takes nothing
 * back: the earlier answer stays and the try is noted beside it. Content that changed under a name that stands for one
 * content is DIGEST_CHANGED until it is what it was at first. Pure.
 */
export function settleCheck(previous: StoredCheck | null, next: PackageCheckResult, now: Date): StoredCheck {
  const before = previous?.result.label === next.label ? previous : null;
  if (next.state === 'unreachable') return afterFailedTry(before, next, now);
  const result = { ...compareDigests(before?.result ?? null, next), failedTry: null };
  return {
    state: result.state,
    result,
    checkedAt: now,
    since: before?.state === result.state ? before.since : now,
    nextCheckAt: new Date(now.getTime() + pauseAfter(result.state)),
  };
}

/** An index gains attestations or an API rarely; a missing name can be added any time. */
const pauseAfter = (state: PackageCheckResult['state']) =>
  state === 'proven' || state === 'not_offered' ? 7 * DAY : DAY;

function afterFailedTry(before: StoredCheck | null, next: PackageCheckResult, now: Date): StoredCheck {
  const count = (before?.result.failedTry?.count ?? 0) + 1;
  const failedTry = { at: now.toISOString(), code: next.code, message: next.message, count };
  const nextCheckAt = new Date(now.getTime() + Math.min(HOUR * 2 ** (count - 1), DAY));
  if (before && before.state !== 'unreachable') {
    return { ...before, result: { ...before.result, failedTry }, nextCheckAt };
  }
  return {
    state: 'unreachable',
    result: { ...next, failedTry },
    checkedAt: now,
    since: before?.since ?? now,
    nextCheckAt,
  };
}

/** Digests that were seen first stay in the facts as `first`; names that were added later are added to them. */
function compareDigests(before: PackageCheckResult | null, next: PackageCheckResult): PackageCheckResult {
  if (next.kind !== 'digest' || next.code !== 'DIGEST_KNOWN') return keepFirst(before, next);
  const current = digestsOf(next.facts);
  const first = { ...current, ...firstOf(before) };
  const changed = Object.keys(current).find((name) => first[name] !== current[name]);
  const facts = { ...next.facts, first };
  if (changed === undefined) return { ...next, facts };
  return {
    ...next,
    state: 'failed',
    code: 'DIGEST_CHANGED',
    message: `${next.label} was ${first[changed]} at the first check and is ${current[changed]} now. What was checked and approved here is the first one. Publish a new version for the new content.`,
    facts,
  };
}

/** A registry that forgets a digest for a while must not make the next one the first. */
function keepFirst(before: PackageCheckResult | null, next: PackageCheckResult): PackageCheckResult {
  const first = next.kind === 'digest' ? firstOf(before) : {};
  return Object.keys(first).length === 0 ? next : { ...next, facts: { ...next.facts, first } };
}

function firstOf(before: PackageCheckResult | null): Record<string, string> {
  const first = before ? objectOf(before.facts, 'first') : undefined;
  return (first ?? {}) as Record<string, string>;
}

function digestsOf(facts: JsonObject): Record<string, string> {
  return Object.fromEntries(
    objectsOf(facts, 'digests').map(([, item]) => [textOf(item, 'name') ?? '', textOf(item, 'digest') ?? '']),
  );
}
