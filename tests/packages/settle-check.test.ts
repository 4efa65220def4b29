import { describe, expect, test } from 'vitest';
import { stateOf } from '#lib/packages/codes.ts';
import type { PackageCheckCode } from '#lib/packages/index.ts';
import { type StoredCheck, settleCheck } from '#lib/packages/settle-check.ts';
import type { PackageCheckKind, PackageCheckResult } from '#lib/packages/types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00.000Z');
const at = (ms: number) => new Date(START + ms);

const answer = (code: PackageCheckCode, more: Partial<PackageCheckResult> = {}): PackageCheckResult => ({
  packageIndex: 0,
  label: 'npm @acme/weather 1.2.3',
  kind: 'ownership' as PackageCheckKind,
  state: stateOf(code),
  code,
  message: `It is ${code}.`,
  facts: {},
  ...more,
});
const digest = (digests: Record<string, string>, more: Partial<PackageCheckResult> = {}) =>
  answer('DIGEST_KNOWN', {
    kind: 'digest',
    facts: { digests: Object.entries(digests).map(([name, value]) => ({ name, digest: value })) },
    ...more,
  });
/** What stands after these answers, a day apart. */
const settledBy = (...answers: PackageCheckResult[]): StoredCheck =>
  answers.reduce<StoredCheck | null>((before, next, day) => settleCheck(before, next, at(day * DAY)), null)!;

describe('what stands after an answer', () => {
  test.each<[PackageCheckCode, number]>([
    ['NAME_MATCHES', 7 * DAY],
    ['NOT_OFFERED', 7 * DAY],
    ['NAME_MISSING', DAY],
    ['NAME_DIFFERS', DAY],
    ['REGISTRY_UNREACHABLE', HOUR],
  ])('%s comes again after %i milliseconds', (code, pause) => {
    const { state, checkedAt, since, nextCheckAt } = settledBy(answer(code));
    expect({ state, checkedAt, since, nextCheckAt }).toEqual({
      state: stateOf(code),
      checkedAt: at(0),
      since: at(0),
      nextCheckAt: at(pause),
    });
  });

  test('a state that stays keeps its time, one that changes begins anew', () => {
    expect(settledBy(answer('NAME_MATCHES'), answer('NAME_MATCHES'))).toMatchObject({
      since: at(0),
      checkedAt: at(DAY),
    });
    expect(settledBy(answer('NAME_MATCHES'), answer('NAME_DIFFERS'))).toMatchObject({
      since: at(DAY),
      state: 'failed',
    });
  });

  test.each<PackageCheckCode>(['NAME_MATCHES', 'NAME_DIFFERS', 'NAME_MISSING', 'NOT_OFFERED'])(
    '%s is not taken back by a registry that cannot be reached; the try is noted',
    (code) => {
      const stored = settledBy(answer(code), answer('REGISTRY_UNREACHABLE'));
      expect(stored).toMatchObject({
        state: stateOf(code),
        checkedAt: at(0),
        since: at(0),
        nextCheckAt: at(DAY + HOUR),
      });
      expect(stored.result).toMatchObject({
        code,
        failedTry: { at: at(DAY).toISOString(), code: 'REGISTRY_UNREACHABLE', count: 1 },
      });
    },
  );

  test('pauses between tries grow to a day', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 9].map((tries) => {
      const stored = settledBy(...Array.from({ length: tries }, () => answer('REGISTRY_FAILED')));
      return (stored.nextCheckAt.getTime() - at((tries - 1) * DAY).getTime()) / HOUR;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24]);
  });

  test('an answer after failed tries ends them', () => {
    const stored = settledBy(answer('REGISTRY_FAILED'), answer('REGISTRY_FAILED'), answer('NAME_MATCHES'));
    expect(stored).toMatchObject({ state: 'proven', since: at(2 * DAY), nextCheckAt: at(9 * DAY) });
    expect(stored.result.failedTry).toBeNull();
  });

  test('another package in the same place begins anew', () => {
    const other = { label: 'npm @acme/news 1.0.0' };
    const stored = settledBy(answer('NAME_MATCHES'), answer('REGISTRY_UNREACHABLE', other));
    expect(stored).toMatchObject({ state: 'unreachable', since: at(DAY) });
    expect(settledBy(digest({ tarball: 'sha512:a' }), digest({ tarball: 'sha512:b' }, other)).state).toBe('proven');
  });
});

describe('content under a name that stands for one content', () => {
  test('that changes is told, with both digests, until it is what it was', () => {
    const [first, moved] = [
      digest({ 'ghcr.io/acme/weather:1': 'sha256:a' }),
      digest({ 'ghcr.io/acme/weather:1': 'sha256:b' }),
    ];
    const changed = settledBy(first, moved);
    expect(changed).toMatchObject({ state: 'failed', since: at(DAY) });
    expect(changed.result).toMatchObject({
      code: 'DIGEST_CHANGED',
      message: expect.stringMatching(/was sha256:a .* is sha256:b now/),
    });
    expect(settledBy(first, moved, moved)).toMatchObject({ state: 'failed', since: at(DAY) });
    expect(settledBy(first, moved, first)).toMatchObject({ state: 'proven', since: at(2 * DAY) });
  });

  test('is held against the first digest also after a time without any', () => {
    const none = answer('DIGEST_ABSENT', { kind: 'digest' });
    expect(settledBy(digest({ x: 'sha256:a' }), none, digest({ x: 'sha256:b' })).result.code).toBe('DIGEST_CHANGED');
    const down = answer('REGISTRY_FAILED', { kind: 'digest' });
    expect(settledBy(digest({ x: 'sha256:a' }), down, digest({ x: 'sha256:b' })).result.code).toBe('DIGEST_CHANGED');
  });

  test('may grow by files, as PyPI releases do; those count from then on', () => {
    const grown = digest({ 'w.whl': 'sha256:a', 'w.tar.gz': 'sha256:b' });
    expect(settledBy(digest({ 'w.whl': 'sha256:a' }), grown).state).toBe('proven');
    const replaced = digest({ 'w.whl': 'sha256:a', 'w.tar.gz': 'sha256:c' });
    expect(settledBy(digest({ 'w.whl': 'sha256:a' }), grown, replaced).state).toBe('failed');
  });
});
