import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  acknowledge,
  type FeedTrust,
  type HintState,
  loadAcceptedFeed,
  pullFeed,
  staleDecision,
  watchHints,
} from '#lib/feed/client/index.ts';
import { signHead } from '#lib/feed/dsse.ts';
import { FEED_PATHS } from '#lib/feed/tuf/tuf-format.ts';
import { tempDir } from './support/temp-dir.ts';
import { newKeys, TestFeed, trustKeyOf } from './support/test-feed.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const after = (ms: number) => new Date(Date.now() + ms);

let feed: TestFeed;
let trust: FeedTrust;
let stateDir: string;
beforeEach(async () => {
  feed = await new TestFeed().start();
  await feed.publish({ onStale: 'block_new', graceSeconds: 3600 });
  trust = feed.trust({ recoveryKeys: feed.keys.root.map(trustKeyOf) });
  stateDir = await tempDir();
});
afterEach(() => feed.stop());

const pull = (now = new Date()) => pullFeed({ trust, stateDir, now });
const refusal = (now?: Date) => pull(now).catch((error: { code: string }) => error.code);

/** What a gateway may do with the accepted list, as codes: running sessions, new ones. */
async function decisions(now = new Date()) {
  const accepted = await loadAcceptedFeed({ trust, stateDir, now });
  return (['running', 'new'] as const).map((session) => {
    const { onStale, graceSeconds } = accepted?.allowlist ?? { onStale: 'block_new' as const, graceSeconds: 0 };
    return staleDecision({ freshUntil: accepted?.freshUntil ?? null, onStale, graceSeconds, session, now }).code;
  });
}

test('never reached, nothing remembered: nothing is served', async () => {
  feed.outage = 503;
  expect(await refusal()).toBe('FEED_UNREACHABLE');
  expect(await decisions()).toEqual(['FEED_NONE', 'FEED_NONE']);
});

test('not reached within the lease: the accepted list, in full', async () => {
  await pull();
  feed.outage = 503;
  expect(await refusal(after(14 * MINUTE))).toBe('FEED_UNREACHABLE');
  expect(await decisions(after(14 * MINUTE))).toEqual(['FEED_FRESH', 'FEED_FRESH']);
});

test('not reached after the lease: the grace of the organization, then nothing', async () => {
  await pull();
  feed.outage = 503;
  expect(await decisions(after(20 * MINUTE))).toEqual(['FEED_STALE_KEPT', 'FEED_STALE_NEW_BLOCKED']);
  expect(await decisions(after(80 * MINUTE))).toEqual(['FEED_GRACE_OVER', 'FEED_GRACE_OVER']);
});

test('reached but frozen: the same as if it were not reached', async () => {
  await pull();
  expect(await refusal(after(20 * MINUTE))).toBe('FEED_EXPIRED');
  expect(await decisions(after(20 * MINUTE))).toEqual(['FEED_STALE_KEPT', 'FEED_STALE_NEW_BLOCKED']);
});

test('a head with a long lease counts only as long as the TUF timestamp', async () => {
  await feed.publish({ headTtlMs: 6 * 60 * MINUTE });
  const { head, freshUntil } = await pull();
  expect(Date.parse(head.expires) - Date.now()).toBeGreaterThan(5 * 60 * MINUTE);
  expect(freshUntil.getTime() - Date.now()).toBeLessThan(16 * MINUTE);
  expect((await loadAcceptedFeed({ trust, stateDir }))?.freshUntil).toEqual(freshUntil);
  expect(await refusal(after(20 * MINUTE))).toBe('FEED_TUF');
});

test('restart without network: the list is found again', async () => {
  await pull();
  feed.outage = 503;
  expect((await loadAcceptedFeed({ trust, stateDir }))?.head.serial).toBe(1);
});

test('a key rotated and dropped while the client was away: it follows the roots', async () => {
  await pull();
  const old = feed.keys;
  const next = newKeys();
  feed.keys = { ...old, feed: [...old.feed, ...next.feed] };
  await feed.publish({ newRoot: {} });
  feed.keys = { ...old, feed: next.feed };
  await feed.publish({ newRoot: {} });
  expect((await pull()).head).toMatchObject({ serial: 3, tufRootVersion: 3 });
});

test('keys declared compromised while it was away: it reads the recovery head, and the old keys never again', async () => {
  await pull();
  const old = feed.keys;
  const before = new Map(feed.files);
  await declareCompromised();
  await feed.publish();
  expect((await pull()).head).toMatchObject({ epoch: 2 });
  feed.files = before;
  expect(await refusal()).toBe('FEED_SIGNATURE');
  const restored = await signHead({ ...feed.last!.head, serial: 99 }, old.feed);
  feed.files.set('head', Buffer.from(JSON.stringify(restored)));
  expect(await refusal()).toBe('FEED_SIGNATURE');
});

test('the recovery head and the roots are withheld: as if not reached', async () => {
  await pull();
  await declareCompromised();
  await feed.publish();
  feed.files.delete('recovery');
  feed.files.delete(FEED_PATHS.root(2));
  expect(await refusal()).toBe('FEED_SIGNATURE');
  expect(await decisions()).toEqual(['FEED_FRESH', 'FEED_FRESH']);
});

test.each([
  ['a recovery head of another organization', { org: 'evil' }],
  ['a recovery head of an older epoch', { epoch: 1 }],
])('%s changes nothing', async (_name, change) => {
  await pull();
  const { epoch } = await declareCompromised();
  expect((await pull()).head.epoch).toBe(epoch);
  const head = { ...feed.last!.head, ...change, feedKeys: newKeys().feed.map(trustKeyOf), revokedKeys: [] };
  feed.files.set('recovery', Buffer.from(JSON.stringify(await signHead(head, feed.keys.root))));
  await feed.publish();
  expect((await pull()).head.epoch).toBe(epoch);
});

test('key fields without the recovery key: refused', async () => {
  await pull();
  const head = { ...feed.last!.head, serial: 2, feedKeys: newKeys().feed.map(trustKeyOf) };
  feed.files.set('head', Buffer.from(JSON.stringify(await signHead(head, feed.keys.feed))));
  expect(await refusal()).toBe('FEED_RECOVERY');
});

test('keys or root that end soon: a warning', async () => {
  trust = { ...trust, feedKeys: trust.feedKeys.map((key) => ({ ...key, notAfter: after(5 * DAY).toISOString() })) };
  expect((await pull()).warnings).toMatchObject([{ code: 'FEED_WARN_KEY_ENDS' }]);
  await feed.publish({}, after(310 * DAY));
  trust = feed.trust();
  const pulled = await pullFeed({ trust, stateDir: await tempDir(), now: after(310 * DAY) });
  expect(pulled.warnings).toMatchObject([{ code: 'FEED_WARN_ROOT_ENDS' }]);
});

test('a clock that is behind: a warning up to two minutes, then refused', async () => {
  await feed.publish({}, after(MINUTE));
  expect((await pull()).warnings).toMatchObject([{ code: 'FEED_WARN_CLOCK' }]);
  await feed.publish({}, after(4 * MINUTE));
  expect(await refusal()).toBe('FEED_CLOCK');
});

test.each(['state.json', 'recovery'])(
  'a damaged %s: nothing, since what it says must not be forgotten',
  async (what) => {
    await pull();
    await declareCompromised();
    await pull();
    const { readdir } = await import('node:fs/promises');
    const dir = path.join(stateDir, 'recovery');
    const file = what === 'recovery' ? path.join(dir, (await readdir(dir))[0]!) : path.join(stateDir, what);
    await writeFile(file, '{');
    expect(await refusal()).toBe('FEED_STATE_MALFORMED');
  },
);

test.each([
  ['refuses', 403, ''],
  ['is busy', 503, ''],
  ['is something else', 200, '<html>'],
])('an event stream that %s is tried again with pauses that grow', async (_name, status, body) => {
  const server = http.createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const abort = new AbortController();
  onTestFinished(async () => {
    abort.abort();
    await new Promise((resolve) => server.close(resolve));
  });
  const states: HintState[] = [];
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orgs/acme/feed`;
  const limits = { silenceMs: 500, connectMs: 500, firstRetryMs: 10, lastRetryMs: 40, spreadMs: 0, lineBytes: 100 };
  void watchHints({
    trust: { baseUrl },
    onHint: () => {},
    onState: (state) => states.push(state),
    signal: abort.signal,
    random: () => 0.999,
    limits,
  });
  await expect.poll(() => states.length, { timeout: 3000 }).toBeGreaterThanOrEqual(4);
  const pauses = states.map((state) => (state.state === 'closed' ? Math.round(state.retryInMs) : 0));
  expect(states[0]).toMatchObject({ state: 'closed', status });
  expect(pauses.slice(0, 4)).toEqual([10, 20, 40, 40]);
});

test('hostile events are not hints, and an endless line ends the stream', async () => {
  const events = [
    'data: {"epoch":1,"serial":1e99}',
    'data: [1]',
    'data: {',
    'data: {"epoch":1,"serial":7}',
    'data: {"epoch":1,"serial":6}',
  ];
  const server = http.createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`${events.join('\n\n')}\n\n`);
    response.write(`data: ${'x'.repeat(10_000)}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const abort = new AbortController();
  onTestFinished(async () => {
    abort.abort();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const hints: unknown[] = [];
  const states: HintState[] = [];
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orgs/acme/feed`;
  void watchHints({
    trust: { baseUrl },
    onHint: (hint) => hints.push(hint),
    onState: (state) => states.push(state),
    signal: abort.signal,
    random: () => 0,
  });
  await expect.poll(() => states.some(({ state }) => state === 'closed'), { timeout: 3000 }).toBe(true);
  expect(hints).toEqual([{ epoch: 1, serial: 7 }]);
});

test('an acknowledgement that is lost changes nothing', async () => {
  const accepted = await pull();
  const report = { instance: 'x', program: 'x', appliedAt: new Date() };
  const lost = acknowledge({ trust, token: 'secret-token', feed: accepted, report });
  const error = await lost.catch((thrown: Error & { code: string }) => thrown);
  expect(error).toMatchObject({ code: 'FEED_UNREACHABLE', message: expect.not.stringContaining('secret') });
  expect(await decisions()).toEqual(['FEED_FRESH', 'FEED_FRESH']);
});

/** What the instance does: new keys, a new root, a head of the next epoch that the root key signed. */
async function declareCompromised(): Promise<{ epoch: number }> {
  const old = feed.keys;
  feed.keys = { ...newKeys(), root: old.root };
  const made = await feed.publish({
    epoch: feed.epoch + 1,
    newRoot: {},
    recovery: {
      signers: old.root,
      revokedKeys: old.feed.map(({ id }) => id),
      feedKeys: feed.keys.feed.map(trustKeyOf),
      recoveryKeys: old.root.map(trustKeyOf),
    },
  });
  feed.files.set('recovery', made.headEnvelopeBytes);
  return { epoch: made.head.epoch };
}
