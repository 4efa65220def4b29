import { beforeEach, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { changeVersionStatus } from '#lib/catalog/change-status.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { getMoves, movedTo, movedToOf } from '#lib/catalog/server-moves.ts';
import { db } from '#lib/db/db.ts';
import { acceptMove, cancelMove, declineMove, offerMove } from '#lib/publishers/move-server.ts';
import { acceptTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { bytesOf, manifestOf, publishTestVersion, testInstance } from '../instance.ts';
import { codeOf, createMember, createOwner, daysAfter, holdProven, lastEvents, wordOf } from './publishers.ts';

testInstance();

const NOW = new Date('2026-11-20T12:00:00Z');
let number = -1;
let ours: string;
let theirs: string;
let us: Viewer;
let them: Viewer;

beforeEach(async () => {
  number += 1;
  ours = `com.ours-${wordOf(number)}`;
  theirs = `org.theirs-${wordOf(number)}`;
  us = await createOwner(`ours-${number}`, [ours]);
  them = await createOwner(`theirs-${number}`, [theirs]);
});

const publishEach = async (...names: string[]) => {
  for (const name of names) await publishTestVersion(name, '1.0.0');
};
const offer = (fromName: string, toName: string, viewer = us, now = NOW) =>
  offerMove({ viewer, fromName, toName, message: '', now });
const statusesOf = async (serverName: string) => {
  const rows = await db().version.findMany({ where: { serverName }, orderBy: { version: 'asc' } });
  return rows.map(({ version, status, statusMessage }) => [version, status, statusMessage]);
};

describe('a move between two holders', () => {
  it('waits for the holder of the new name, then the old name says where it went', async () => {
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    const { id, state } = await offer(`${ours}/aa`, `${theirs}/aa`);
    expect(state).toBe('offered');
    expect(await movedTo(db(), `${ours}/aa`)).toBeNull();
    await acceptMove({ viewer: them, moveId: id, now: NOW });
    expect(await getMoves(`${ours}/aa`)).toEqual({ movedTo: `${theirs}/aa`, movedFrom: [] });
    expect(await getMoves(`${theirs}/aa`)).toEqual({ movedTo: null, movedFrom: [`${ours}/aa`] });
    expect(await statusesOf(`${ours}/aa`)).toEqual([['1.0.0', 'deprecated', `Moved to ${theirs}/aa.`]]);
    expect(await lastEvents(3)).toEqual(['server.move-offered', 'server.moved', 'version.status-changed']);
  });

  it.each([['com.acme'], ['com.acme/a b'], ['com.acme/\u202e'], ['com.acme/\0'], [`com.acme/${'a'.repeat(200)}`]])(
    'is to a server name, not to %j',
    async (toName) => {
      await publishEach(`${ours}/aa`);
      expect(await codeOf(offer(`${ours}/aa`, toName.replace('com.acme', theirs)))).toBe('UNPROCESSABLE');
    },
  );

  it('leaves no way to publish under the old name', async () => {
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    const { id } = await offer(`${ours}/aa`, `${theirs}/aa`);
    await acceptMove({ viewer: them, moveId: id, now: NOW });
    const grant = grantFor({ type: 'system', name: 'test' }, [ours]);
    const manifestBytes = bytesOf(manifestOf(`${ours}/aa`, '2.0.0'));
    await expect(publishVersion({ manifestBytes, grant, origin: 'published' })).rejects.toMatchObject({
      code: 'SERVER_MOVED',
      details: { movedTo: `${theirs}/aa` },
    });
  });

  it('leaves deleted versions deleted, and reasons that were given readable', async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) await publishTestVersion(`${ours}/aa`, version);
    await publishEach(`${theirs}/aa`);
    const change = { ...grantFor({ type: 'system', name: 'test' }, [ours]), serverName: `${ours}/aa`, now: NOW };
    await changeVersionStatus({ ...change, version: '1.0.0', status: 'deleted', statusMessage: 'Leaks keys.' });
    await changeVersionStatus({ ...change, version: '1.1.0', status: 'deprecated', statusMessage: 'Broken.' });
    await changeVersionStatus({ ...change, version: '1.2.0', status: 'deprecated' });
    const { id } = await offer(`${ours}/aa`, `${theirs}/aa`);
    await acceptMove({ viewer: them, moveId: id, now: NOW });
    expect(await statusesOf(`${ours}/aa`)).toEqual([
      ['1.0.0', 'deleted', 'Leaks keys.'],
      ['1.1.0', 'deprecated', 'Broken.'],
      ['1.2.0', 'deprecated', `Moved to ${theirs}/aa.`],
      ['1.3.0', 'deprecated', `Moved to ${theirs}/aa.`],
    ]);
  });

  it('can be taken back by the old name, which then publishes again', async () => {
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    const { id } = await offer(`${ours}/aa`, `${theirs}/aa`);
    await acceptMove({ viewer: them, moveId: id, now: NOW });
    expect(await codeOf(cancelMove({ viewer: them, moveId: id, now: NOW }))).toBe('NOT_FOUND');
    await cancelMove({ viewer: us, moveId: id, now: NOW });
    expect(await movedTo(db(), `${ours}/aa`)).toBeNull();
    expect(await codeOf(publishTestVersion(`${ours}/aa`, '2.0.0'))).toBe('done');
    expect(await codeOf(cancelMove({ viewer: us, moveId: id, now: NOW }))).toBe('CONFLICT');
  });
});

describe('a move between two names of one holder', () => {
  it('happens at once', async () => {
    await publishEach(`${ours}/aa`, `${ours}/bb`);
    expect(await offer(`${ours}/aa`, `${ours}/bb`)).toMatchObject({ state: 'accepted' });
    expect(await movedTo(db(), `${ours}/aa`)).toBe(`${ours}/bb`);
  });

  it('waits where the new name has no version yet, so that its first one may keep the remote address', async () => {
    const remotes = [{ type: 'streamable-http', url: `https://mcp.${ours}.test/mcp` }];
    const extra = { packages: [], remotes } as never;
    await publishTestVersion(`${ours}/aa`, '1.0.0', { extra });
    const { id, state } = await offer(`${ours}/aa`, `${ours}/bb`);
    expect(state).toBe('offered');
    expect(await codeOf(acceptMove({ viewer: us, moveId: id, now: NOW }))).toBe('CONFLICT');
    expect(await codeOf(publishTestVersion(`${ours}/cc`, '1.0.0', { extra }))).toBe('REMOTE_TAKEN');
    await publishTestVersion(`${ours}/bb`, '1.0.0', { extra });
    expect(await codeOf(acceptMove({ viewer: us, moveId: id, now: NOW }))).toBe('done');
  });
});

describe('a chain of moves', () => {
  it('is followed to its end, from every name of it', async () => {
    await publishEach(`${ours}/aa`, `${ours}/bb`, `${ours}/cc`, `${ours}/xx`);
    await offer(`${ours}/aa`, `${ours}/bb`);
    await offer(`${ours}/bb`, `${ours}/cc`);
    await offer(`${ours}/xx`, `${ours}/cc`);
    expect(await movedTo(db(), `${ours}/aa`)).toBe(`${ours}/cc`);
    expect(Object.fromEntries(await movedToOf([`${ours}/aa`, `${ours}/bb`, `${ours}/cc`]))).toEqual({
      [`${ours}/aa`]: `${ours}/cc`,
      [`${ours}/bb`]: `${ours}/cc`,
    });
    expect(await getMoves(`${ours}/cc`)).toEqual({
      movedTo: null,
      movedFrom: [`${ours}/bb`, `${ours}/xx`, `${ours}/aa`],
    });
  });

  it('never becomes a loop', async () => {
    await publishEach(`${ours}/aa`, `${ours}/bb`, `${ours}/cc`);
    await offer(`${ours}/aa`, `${ours}/bb`);
    await offer(`${ours}/bb`, `${ours}/cc`);
    expect(await codeOf(offer(`${ours}/cc`, `${ours}/aa`))).toBe('CONFLICT');
    expect(await codeOf(offer(`${ours}/cc`, `${ours}/bb`))).toBe('CONFLICT');
    expect(await movedTo(db(), `${ours}/cc`)).toBeNull();
  });

  it('does not become a loop when its last parts are accepted at once', async () => {
    await publishEach(`${ours}/aa`, `${theirs}/bb`);
    const there = await offer(`${ours}/aa`, `${theirs}/bb`);
    const back = await offer(`${theirs}/bb`, `${ours}/aa`, them);
    const outcomes = await Promise.all([
      codeOf(acceptMove({ viewer: them, moveId: there.id, now: NOW })),
      codeOf(acceptMove({ viewer: us, moveId: back.id, now: NOW })),
    ]);
    expect(outcomes.sort()).toEqual(['CONFLICT', 'done']);
  });

  it('grows at its end only', async () => {
    await publishEach(`${ours}/aa`, `${ours}/bb`, `${ours}/cc`);
    await offer(`${ours}/aa`, `${ours}/bb`);
    expect(await codeOf(offer(`${ours}/aa`, `${ours}/cc`))).toBe('SERVER_MOVED');
    await offer(`${ours}/bb`, `${ours}/cc`);
    await publishEach(`${ours}/dd`);
    expect(await codeOf(offer(`${ours}/dd`, `${ours}/bb`))).toBe('CONFLICT');
  });
});

describe('a move is refused', () => {
  const accept = (viewer: Viewer, moveId: string, now = NOW) => acceptMove({ viewer, moveId, now });

  it.each([
    ['by whoever offered it', (id: string) => accept(us, id), 'NOT_FOUND'],
    ['by a stranger', async (id: string) => accept(await createOwner(`third-${number}`), id), 'NOT_FOUND'],
    [
      'by a maintainer',
      async (id: string) => accept(await createMember(`theirs-${number}`, 'maintainer'), id),
      'FORBIDDEN',
    ],
    ['after fourteen days', (id: string) => accept(them, id, daysAfter(NOW, 14)), 'OFFER_EXPIRED'],
    [
      'once declined',
      async (id: string) => {
        await declineMove({ viewer: them, moveId: id, now: NOW });
        await accept(them, id);
      },
      'CONFLICT',
    ],
    [
      'when whoever offered it gave the namespace away',
      async (id: string) => {
        const heir = await createOwner(`heir-${number}`);
        const gift = { viewer: us, namespace: ours, toPublisherSlug: `heir-${number}`, message: '', now: NOW };
        await acceptTransfer({ viewer: heir, transferId: (await offerTransfer(gift)).id, now: NOW });
        await accept(them, id);
      },
      'CONFLICT',
    ],
    [
      'when the new server was deleted meanwhile',
      async (id: string) => {
        const grant = grantFor({ type: 'system', name: 'test' }, [theirs]);
        await changeVersionStatus({ ...grant, serverName: `${theirs}/aa`, version: '1.0.0', status: 'deleted' });
        await accept(them, id);
      },
      'CONFLICT',
    ],
  ])('%s', async (_, run, code) => {
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    const { id } = await offer(`${ours}/aa`, `${theirs}/aa`);
    expect(await codeOf(run(id))).toBe(code);
    expect(await movedTo(db(), `${ours}/aa`)).toBeNull();
  });

  it.each([
    ['from a server that is not there', () => [`${ours}/none`, `${theirs}/aa`], 'NOT_FOUND'],
    ["from somebody else's server", () => [`${theirs}/aa`, `${ours}/aa`], 'NOT_FOUND'],
    ['to a namespace that nobody holds', () => [`${ours}/aa`, 'com.unheld/aa'], 'NOT_FOUND'],
    ['to what is no server name', () => [`${ours}/aa`, 'nonsense'], 'UNPROCESSABLE'],
    ['to itself', () => [`${ours}/aa`, `${ours}/aa`], 'CONFLICT'],
    ['to itself in another case', () => [`${ours}/aa`, `${ours}/AA`], 'CONFLICT'],
  ])('%s', async (_, names, code) => {
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    const [fromName, toName] = names() as [string, string];
    expect(await codeOf(offer(fromName, toName))).toBe(code);
  });

  it('while another offer for the same name is open', async () => {
    await holdProven(`theirs-${number}`, `${theirs}.too`);
    await publishEach(`${ours}/aa`, `${theirs}/aa`);
    await offer(`${ours}/aa`, `${theirs}/aa`);
    expect(await codeOf(offer(`${ours}/aa`, `${theirs}.too/aa`))).toBe('CONFLICT');
  });
});
