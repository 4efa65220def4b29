import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { addTrustRoot } from '#lib/catalog/add-trust-root.ts';
import { listTrustRoots } from '#lib/catalog/list-trust-roots.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { refreshTrustRoots } from '#lib/catalog/refresh-trust-roots.ts';
import { removeTrustRoot } from '#lib/catalog/remove-trust-root.ts';
import { loadTrustRoots, saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import type { ErrorCode } from '#lib/http/domain-error.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import { PUBLIC_GOOD_NAME, publicGoodRoot, signManifest } from '#lib/signing/index.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { startTufRepository, type TufRepository } from '../fixtures/sigstore/tuf-repository.ts';
import { bytesOf, createUser, manifestOf, testInstance } from '../instance.ts';

testInstance();

const outbound = createOutbound();
const ACTOR = { type: 'system', name: 'test' } as const;
const HOUR = 60 * 60 * 1000;
const START = new Date();
const hoursLater = (hours: number) => new Date(START.getTime() + hours * HOUR);

let sigstore: PrivateSigstore;
let newer: PrivateSigstore;
let tuf: TufRepository;
let admin: Viewer;
let person: Viewer;
let counter = 0;

beforeAll(async () => {
  [sigstore, newer] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  admin = await createUser('Admin', { isInstanceAdmin: true });
  person = await createUser('Person');
});
afterAll(() => Promise.all([sigstore.close(), newer.close()]));

/** A repository of its own for each test, whose content is the root of `sigstore`. */
beforeEach(async () => {
  await db().trustRoot.deleteMany();
  tuf = await startTufRepository();
  await tuf.publish({ content: JSON.stringify(sigstore.trustedRoot) });
  return () => tuf.close();
});

const custom = () => ({ name: 'acme', kind: 'custom' as const, tufMirror: tuf.url, tufRootText: tuf.rootText });
const add = (more: object = {}) => addTrustRoot({ viewer: admin, outbound, now: START, ...custom(), ...more });
const refresh = (hours: number) => refreshTrustRoots({ now: hoursLater(hours), outbound, publicGoodMirror: tuf.url });
const acme = async () => (await loadTrustRoots()).find(({ name }) => name === 'acme');
const eventKinds = async () => {
  const events = await db().auditEvent.findMany({
    where: { kind: { startsWith: 'trust-root.' } },
    orderBy: { seq: 'desc' },
    take: 3,
  });
  return events.map(({ kind }) => kind);
};

async function publishSigned(by: PrivateSigstore, name = 'io.github.acme/weather') {
  const manifestBytes = bytesOf(manifestOf(name, `1.0.${counter++}`));
  const sign = { manifestBytes, form: 'message' as const, sigstore: by.services(), identityToken: gitHubToken() };
  const bundle = await signManifest(sign);
  return publishVersion({ manifestBytes, bundle, grant: grantFor(ACTOR, ['io.github.acme']), origin: 'published' });
}

describe('a root with a TUF repository', () => {
  it('is fetched when it is added, and verifies from then on', async () => {
    await add();
    expect(await acme()).toMatchObject({ kind: 'custom', trustedRoot: sigstore.trustedRoot });
    expect(await publishSigned(sigstore)).toMatchObject({ signatureState: 'unknown_signer' });
    expect(await eventKinds()).toContain('trust-root.added');
  });

  it('is asked again a day later, not before, and takes over what is new there', async () => {
    await add();
    await tuf.publish({ content: JSON.stringify(newer.trustedRoot) });
    expect((await refresh(20)).filter(({ name }) => name === 'acme')).toEqual([]);
    expect(await refresh(24)).toContainEqual({ name: 'acme', outcome: 'changed', error: null });
    expect(await acme()).toMatchObject({ trustedRoot: newer.trustedRoot });
    expect(await publishSigned(newer)).toMatchObject({ signatureState: 'unknown_signer' });
    expect(await eventKinds()).toContain('trust-root.refreshed');
  });

  it('is confirmed without an event when nothing is new', async () => {
    await add();
    const before = await db().auditEvent.count({ where: { subject: { path: ['root'], equals: 'acme' } } });
    expect(await refresh(24)).toContainEqual({ name: 'acme', outcome: 'unchanged', error: null });
    expect(await db().auditEvent.count({ where: { subject: { path: ['root'], equals: 'acme' } } })).toBe(before);
    const row = await db().trustRoot.findUniqueOrThrow({ where: { name: 'acme' } });
    expect(row).toMatchObject({ fetchedAt: START, checkedAt: hoursLater(24) });
  });

  it('follows new keys over a new TUF root', async () => {
    await add();
    await tuf.rotate();
    await tuf.publish({ content: JSON.stringify(newer.trustedRoot) });
    expect(await refresh(24)).toContainEqual({ name: 'acme', outcome: 'changed', error: null });
    await tuf.rotate();
    await tuf.publish({ content: JSON.stringify(sigstore.trustedRoot) });
    expect(await refresh(48)).toContainEqual({ name: 'acme', outcome: 'changed', error: null });
  });

  type Failing = [string, string, (hoursBefore: Map<string, Buffer>) => Promise<void> | void];
  it.each<Failing>([
    ['a mirror that is away', 'MIRROR_UNREACHABLE', () => tuf.close()],
    [
      'a mirror that is broken',
      'MIRROR_UNREACHABLE',
      () => {
        tuf.outage.status = 500;
      },
    ],
    [
      'a mirror that sends an endless file',
      'MIRROR_UNREACHABLE',
      () => void tuf.files.set('/timestamp.json', Buffer.alloc(600 * 1024, ' ')),
    ],
    [
      'everything rolled back',
      'TUF_ROLLBACK',
      (old) => {
        tuf.files.clear();
        for (const [path, bytes] of old) tuf.files.set(path, bytes);
      },
    ],
    [
      'expired metadata',
      'TUF_EXPIRED',
      () => tuf.publish({ content: JSON.stringify(newer.trustedRoot) }, { ttlMs: -HOUR }),
    ],
    [
      'a timestamp that somebody else signed',
      'TUF_INVALID',
      async () => {
        const other = await startTufRepository();
        await other.publish({ content: JSON.stringify(newer.trustedRoot) });
        await other.close();
        for (const [path, bytes] of other.files) tuf.files.set(path, bytes);
        tuf.files.delete('/1.root.json');
      },
    ],
    [
      'a target with other bytes',
      'TUF_INVALID',
      async () => {
        await tuf.publish({ content: JSON.stringify(newer.trustedRoot) });
        const target = [...tuf.files.keys()].filter((path) => path.startsWith('/targets/')).at(-1)!;
        tuf.files.set(target, Buffer.from(JSON.stringify({ ...newer.trustedRoot, tlogs: [] })));
      },
    ],
    ['no root in the repository', 'TUF_INVALID', () => tuf.publish({ name: 'other.json', content: '{}' })],
    ['text that is no JSON', 'ROOT_UNUSABLE', () => tuf.publish({ content: 'hello' })],
    [
      'a root without authorities',
      'ROOT_UNUSABLE',
      () => tuf.publish({ content: rootWith({ certificateAuthorities: [] }) }),
    ],
    [
      'a log key without the start of its validity',
      'ROOT_UNUSABLE',
      () => {
        const [log] = newer.trustedRoot.tlogs as { publicKey: object }[];
        return tuf.publish({
          content: rootWith({ tlogs: [{ ...log, publicKey: { ...log!.publicKey, validFor: {} } }] }),
        });
      },
    ],
  ])('%s is noted and changes nothing else', async (_, code, spoil) => {
    const old = new Map(tuf.files);
    await tuf.publish({ content: JSON.stringify(sigstore.trustedRoot) });
    await add();
    await spoil(old);

    const [outcome] = (await refresh(24)).filter(({ name }) => name === 'acme');
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code, since: hoursLater(24).toISOString() } });
    expect(outcome!.error!.message).toMatch(/^\S.*\.$/);
    expect(await acme()).toMatchObject({ trustedRoot: sigstore.trustedRoot });
    expect(await publishSigned(sigstore)).toMatchObject({ signatureState: 'unknown_signer' });
    const [view] = (await listTrustRoots({ viewer: admin, now: hoursLater(24) })).filter(({ name }) => name === 'acme');
    expect(view).toMatchObject({ ageDays: 1, lastError: { code, lastOkAt: START.toISOString() }, inUse: 'stored' });
  });

  const rootWith = (changes: object) => JSON.stringify({ ...newer.trustedRoot, ...changes });

  it('makes one event of a row of failures, counts its age from the last good day, and recovers', async () => {
    await add();
    tuf.outage.status = 503;
    const failures = () =>
      db().auditEvent.count({
        where: { kind: 'trust-root.refresh-failed', subject: { path: ['root'], equals: 'acme' } },
      });
    const before = await failures();
    for (const hours of [24, 48, 72]) await refresh(hours);
    expect((await failures()) - before).toBe(1);
    const [failing] = (await listTrustRoots({ viewer: admin, now: hoursLater(73) })).filter(
      ({ name }) => name === 'acme',
    );
    expect(failing).toMatchObject({ ageDays: 3, lastError: { since: hoursLater(24).toISOString() } });

    tuf.outage.status = null;
    await tuf.publish({ content: JSON.stringify(sigstore.trustedRoot) });
    await refresh(96);
    const [good] = (await listTrustRoots({ viewer: admin, now: hoursLater(97) })).filter(({ name }) => name === 'acme');
    expect(good).toMatchObject({ ageDays: 0, lastError: null });
  });

  it('keeps a newer TUF root even when the rest failed', async () => {
    await add();
    await tuf.rotate();
    const stale = new Map(tuf.files);
    expect((await refresh(24)).find(({ name }) => name === 'acme')).toMatchObject({ outcome: 'failed' });
    const { tufRoot } = await db().trustRoot.findUniqueOrThrow({ where: { name: 'acme' } });
    const { files } = tufRoot as { files: { 'root.json': string } };
    expect(files['root.json']).toBe(stale.get('/2.root.json')!.toString('utf8'));
  });
});

describe('the public-good root', () => {
  const publicGood = () => db().trustRoot.findUnique({ where: { name: PUBLIC_GOOD_NAME } });
  /** The repository of these tests has other keys than Sigstore's, so an admin names it. */
  const follow = (content: unknown) =>
    tuf
      .publish({ content: JSON.stringify(content) })
      .then(() => add({ name: PUBLIC_GOOD_NAME, kind: 'public-good', tufMirror: tuf.url, tufRootText: tuf.rootText }));

  it('is the shipped one as long as nothing else is known', async () => {
    expect(await loadTrustRoots()).toEqual([publicGoodRoot()]);
    const [view] = await listTrustRoots({ viewer: admin });
    expect(view).toMatchObject({ name: PUBLIC_GOOD_NAME, inUse: 'shipped', ageDays: null, canRemove: false });
    expect(view!.logs.map(({ origin }) => origin)).toContain('https://rekor.sigstore.dev');
    expect(view!.authorities.map(({ kind }) => kind)).toContain('timestamp');
  });

  it('starts from the shipped TUF root: a repository of somebody else is refused and noted', async () => {
    const [outcome] = await refresh(1);
    expect(outcome).toMatchObject({ name: PUBLIC_GOOD_NAME, outcome: 'failed', error: { lastOkAt: null } });
    expect(await loadTrustRoots()).toEqual([publicGoodRoot()]);
    const [view] = await listTrustRoots({ viewer: admin, now: hoursLater(2) });
    expect(view).toMatchObject({ ageDays: null, lastError: { since: hoursLater(1).toISOString() } });
    expect(await refresh(2)).toEqual([]);
    expect((await refresh(25))[0]).toMatchObject({ outcome: 'failed', error: { since: hoursLater(1).toISOString() } });
  });

  it('is the refreshed one once there is one, and the shipped one no more', async () => {
    await follow(newer.trustedRoot);
    expect(await loadTrustRoots()).toMatchObject([{ name: PUBLIC_GOOD_NAME, trustedRoot: newer.trustedRoot }]);
    expect(await publishSigned(newer)).toMatchObject({ signatureState: 'unknown_signer' });
  });

  it.each([
    ['cannot be used', { trustedRoot: { mediaType: 'x' } }],
    ['was fetched when the program shipped another', { tufRoot: { files: {}, shippedSha256: 'an older program' } }],
  ])('falls back to the shipped one when the stored one %s', async (_, data) => {
    await follow(newer.trustedRoot);
    await db().trustRoot.update({ where: { name: PUBLIC_GOOD_NAME }, data });
    expect(await loadTrustRoots()).toEqual([publicGoodRoot()]);
    expect((await listTrustRoots({ viewer: admin }))[0]).toMatchObject({ inUse: 'shipped' });
  });

  it('is asked for at once when the program ships another than when it was fetched', async () => {
    await follow(newer.trustedRoot);
    const row = (await publicGood())!;
    const tufRoot = { ...(row.tufRoot as object), shippedSha256: 'an older program' };
    await db().trustRoot.update({ where: { name: PUBLIC_GOOD_NAME }, data: { tufRoot } });
    expect(await refresh(1)).toEqual([{ name: PUBLIC_GOOD_NAME, outcome: 'unchanged', error: null }]);
    expect(await loadTrustRoots()).toMatchObject([{ trustedRoot: newer.trustedRoot }]);
  });

  it('can be uploaded where there is no way out, and removed again', async () => {
    const text = JSON.stringify(newer.trustedRoot);
    const upload = { name: PUBLIC_GOOD_NAME, kind: 'public-good' as const, trustedRootText: text };
    await addTrustRoot({ viewer: admin, ...upload, now: START });
    expect(await loadTrustRoots()).toMatchObject([{ trustedRoot: newer.trustedRoot }]);
    expect(await refresh(48)).toEqual([]);
    await removeTrustRoot({ viewer: admin, name: PUBLIC_GOOD_NAME });
    expect(await loadTrustRoots()).toEqual([publicGoodRoot()]);
    expect(await eventKinds()).toContain('trust-root.removed');
  });
});

describe('an admin', () => {
  const text = () => JSON.stringify(sigstore.trustedRoot);
  const gitHubRoot = () => {
    const [authority] = sigstore.trustedRoot.certificateAuthorities as object[];
    return JSON.stringify({
      ...sigstore.trustedRoot,
      tlogs: [],
      ctlogs: [],
      certificateAuthorities: [{ ...authority, uri: 'fulcio.githubapp.com' }],
    });
  };

  it("adds GitHub's root, alone or as the tool prints it beside the public-good one, with its own thresholds", async () => {
    const root = { viewer: admin, name: 'github', kind: 'github' as const };
    for (const trustedRootText of [gitHubRoot(), `${text()}\n${gitHubRoot()}\n`]) {
      await addTrustRoot({ ...root, trustedRootText });
      const [stored] = (await loadTrustRoots()).filter(({ name }) => name === 'github');
      expect(stored).toMatchObject({ thresholds: { tlog: 0, ctlog: 0, timestamp: 1 }, trustedRoot: { tlogs: [] } });
    }
  });

  it('takes a root that was handed in when the mirror is away, and says so', async () => {
    await tuf.close();
    await add({ trustedRootText: text() });
    expect(await acme()).toMatchObject({ trustedRoot: sigstore.trustedRoot });
  });

  type Refused = [string, ErrorCode, () => Promise<unknown>];
  it.each<Refused>([
    ['somebody who is no admin', 'FORBIDDEN', () => add({ viewer: person })],
    ['nothing handed in', 'UNPROCESSABLE', () => add({ tufMirror: undefined })],
    ['a mirror without a root to start from', 'UNPROCESSABLE', () => add({ tufRootText: undefined })],
    ['a mirror that is no web address', 'UNPROCESSABLE', () => add({ tufMirror: 'file:///etc' })],
    ['text that is no root', 'UNPROCESSABLE', () => add({ tufMirror: undefined, trustedRootText: '{}' })],
    ['several roots', 'UNPROCESSABLE', () => add({ tufMirror: undefined, trustedRootText: `${text()}\n${text()}` })],
    [
      "several roots, none of them GitHub's",
      'UNPROCESSABLE',
      () => add({ kind: 'github', tufMirror: undefined, trustedRootText: `${text()}\n${text()}` }),
    ],
    ['a name with a slash', 'UNPROCESSABLE', () => add({ name: 'a/b' })],
    ['the name of the public-good root', 'UNPROCESSABLE', () => add({ name: PUBLIC_GOOD_NAME })],
    ['a second public-good root', 'UNPROCESSABLE', () => add({ kind: 'public-good' })],
    ['no proof of time asked for', 'UNPROCESSABLE', () => add({ thresholds: { tlog: 0, ctlog: 0, timestamp: 0 } })],
    [
      'a repository with another root',
      'UPSTREAM_FAILED',
      async () => {
        const other = await startTufRepository();
        await other.close();
        await add({ tufRootText: other.rootText });
      },
    ],
    ['a root that is not there', 'NOT_FOUND', () => removeTrustRoot({ viewer: admin, name: 'nobody' })],
    ['somebody who removes and is no admin', 'FORBIDDEN', () => removeTrustRoot({ viewer: person, name: 'acme' })],
    ['somebody who looks and is no admin', 'FORBIDDEN', () => listTrustRoots({ viewer: person })],
  ])('%s is refused', async (_, code, action) => {
    await expect(action()).rejects.toMatchObject({ code });
    expect(await acme()).toBeUndefined();
  });

  it.each(['add', 'remove'] as const)('cannot %s what the configuration names', async (verb) => {
    await saveTrustRoot({ name: 'acme', kind: 'custom', json: newer.trustedRoot, source: 'file /etc/acme.json' });
    const act = verb === 'add' ? add() : removeTrustRoot({ viewer: admin, name: 'acme' });
    await expect(act).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await acme()).toMatchObject({ trustedRoot: newer.trustedRoot });
  });

  it('sees logs and authorities with their validity, and for whom a root counts', async () => {
    await add({ namespaces: ['com.acme'] });
    const [view] = (await listTrustRoots({ viewer: admin, now: hoursLater(50) })).filter(({ name }) => name === 'acme');
    expect(view).toMatchObject({ namespaces: ['com.acme'], tufMirror: tuf.url, ageDays: 2, canRemove: true });
    expect(view!.logs).toContainEqual(
      expect.objectContaining({ kind: 'transparency', origin: sigstore.url, from: expect.any(String), until: null }),
    );
    expect(view!.authorities).toContainEqual(
      expect.objectContaining({ kind: 'certificate', name: 'private sigstore, private fulcio' }),
    );
  });
});
