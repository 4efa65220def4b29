import { describe, expect, test } from 'vitest';
import { STALE_CODES, staleDecision } from '#lib/feed/client/index.ts';

const freshUntil = new Date('2026-11-20T12:00:00Z');
const graceSeconds = 3600;
const moments = {
  fresh: new Date('2026-11-20T11:59:59Z'),
  atExpiry: freshUntil,
  inGrace: new Date('2026-11-20T12:59:59Z'),
  afterGrace: new Date('2026-11-20T13:00:00Z'),
};

/** The table of lib/feed/client/README.md. */
const table = [
  ['keep', 'running', 'fresh', true, 'FEED_FRESH'],
  ['keep', 'new', 'fresh', true, 'FEED_FRESH'],
  ['keep', 'running', 'atExpiry', true, 'FEED_STALE_KEPT'],
  ['keep', 'new', 'inGrace', true, 'FEED_STALE_KEPT'],
  ['keep', 'running', 'afterGrace', false, 'FEED_GRACE_OVER'],
  ['keep', 'new', 'afterGrace', false, 'FEED_GRACE_OVER'],
  ['block_new', 'new', 'fresh', true, 'FEED_FRESH'],
  ['block_new', 'running', 'inGrace', true, 'FEED_STALE_KEPT'],
  ['block_new', 'new', 'atExpiry', false, 'FEED_STALE_NEW_BLOCKED'],
  ['block_new', 'running', 'afterGrace', false, 'FEED_GRACE_OVER'],
  ['block_new', 'new', 'afterGrace', false, 'FEED_GRACE_OVER'],
  ['deny', 'running', 'fresh', true, 'FEED_FRESH'],
  ['deny', 'running', 'atExpiry', false, 'FEED_STALE_DENIED'],
  ['deny', 'new', 'inGrace', false, 'FEED_STALE_DENIED'],
  ['deny', 'running', 'afterGrace', false, 'FEED_STALE_DENIED'],
] as const;

describe('a feed that is not refreshed', () => {
  test.each(table)('onStale %s, %s session, %s', (onStale, session, moment, serve, code) => {
    const decision = staleDecision({ freshUntil, onStale, graceSeconds, session, now: moments[moment] });
    expect(decision).toMatchObject({ serve, code, isStale: moment !== 'fresh' });
    expect(Object.keys(STALE_CODES)).toContain(decision.code);
  });

  test('that was never accepted serves nothing', () => {
    const decision = staleDecision({
      freshUntil: null,
      onStale: 'keep',
      graceSeconds,
      session: 'running',
      now: freshUntil,
    });
    expect(decision).toMatchObject({ serve: false, code: 'FEED_NONE' });
  });

  test('with no grace serves nothing from its expiry on', () => {
    const decision = staleDecision({
      freshUntil,
      onStale: 'keep',
      graceSeconds: 0,
      session: 'running',
      now: freshUntil,
    });
    expect(decision).toMatchObject({ serve: false, code: 'FEED_GRACE_OVER' });
  });
});
