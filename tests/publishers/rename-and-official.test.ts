import { beforeEach, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { db } from '#lib/db/db.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { getPublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { renamePublisher } from '#lib/publishers/rename-publisher.ts';
import { setOfficial } from '#lib/publishers/set-official.ts';
import { acceptTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { searchServers } from '#lib/search/search-servers.ts';
import { createUser, publishTestVersion, testInstance } from '../instance.ts';
import { codeOf, createOwner, lastEvents, wordOf } from './publishers.ts';

testInstance();

const NOW = new Date('2026-11-20T12:00:00Z');
let number = 0;
let publisherSlug: string;
let namespace: string;
let owner: Viewer;
let admin: Viewer;

beforeEach(async () => {
  number += 1;
  publisherSlug = `acme-${number}`;
  namespace = `com.${wordOf(number)}`;
  owner = await createOwner(publisherSlug, [namespace]);
  admin = await createUser(`Admin${number}`, { isInstanceAdmin: true });
});

const level = async () => (await getPublisherConsole({ viewer: owner, slug: publisherSlug }))?.level;

describe('official', () => {
  it('is set by an admin for a publisher that proved a namespace, and shown everywhere', async () => {
    await publishTestVersion(`${namespace}/radar`, '1.0.0');
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: true, now: NOW });
    expect(await level()).toBe('official');
    expect((await getServerPage({ name: `${namespace}/radar` }))?.marks.publisher.level).toBe('official');
    const found = await searchServers({ text: namespace, filters: { publisher: ['official'] }, limit: 5, offset: 0 });
    expect(found.servers.map(({ name }) => name)).toEqual([`${namespace}/radar`]);
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: false, now: NOW });
    expect(await level()).toBe('verified');
    expect(await lastEvents(2)).toEqual(['publisher.level-changed', 'publisher.level-changed']);
  });

  it('is refused to a publisher that holds granted namespaces only', async () => {
    await createOwner(`granted-${number}`);
    await claimNamespace({ viewer: admin, publisherSlug: `granted-${number}`, namespace: `org.${wordOf(number)}` });
    const call = setOfficial({ viewer: admin, publisherSlug: `granted-${number}`, isOfficial: true });
    expect(await codeOf(call)).toBe('CONFLICT');
  });

  it('counts under proven namespaces only', async () => {
    await claimNamespace({ viewer: admin, publisherSlug, namespace: `org.${wordOf(number)}` });
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: true, now: NOW });
    await publishTestVersion(`org.${wordOf(number)}/radar`, '1.0.0');
    expect((await getServerPage({ name: `org.${wordOf(number)}/radar` }))?.marks.publisher.level).toBe('unverified');
  });

  it('does not travel with a namespace, and falls with the last proven one', async () => {
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: true, now: NOW });
    const heir = await createOwner(`heir-${number}`);
    const gift = { viewer: owner, namespace, toPublisherSlug: `heir-${number}`, message: '', now: NOW };
    await acceptTransfer({ viewer: heir, transferId: (await offerTransfer(gift)).id, now: NOW });
    const rows = await db().publisher.findMany({ where: { slug: { in: [publisherSlug, `heir-${number}`] } } });
    expect(Object.fromEntries(rows.map((row) => [row.slug, row.level]))).toEqual({
      [publisherSlug]: 'unverified',
      [`heir-${number}`]: 'verified',
    });
  });
});

describe('a new name', () => {
  it('is not official, and has every proof checked again', async () => {
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: true, now: NOW });
    const rename = { viewer: owner, publisherSlug, displayName: 'Microsoft', now: NOW };
    expect(await renamePublisher(rename)).toEqual({ wasOfficial: true });
    expect(await level()).toBe('verified');
    expect(await db().namespace.findUniqueOrThrow({ where: { name: namespace } })).toMatchObject({ nextCheckAt: NOW });
    expect(await lastEvents(2)).toEqual(['publisher.renamed', 'publisher.level-changed']);
  });

  it('that is the old one changes nothing', async () => {
    await setOfficial({ viewer: admin, publisherSlug, isOfficial: true, now: NOW });
    await renamePublisher({ viewer: owner, publisherSlug, displayName: publisherSlug.toUpperCase(), now: NOW });
    expect(await level()).toBe('official');
  });

  it.each(['', '   ', 'x'.repeat(81), 'Ac\u200Bme', 'A\u202Emca'])('is refused when it is %j', async (displayName) => {
    expect(await codeOf(renamePublisher({ viewer: owner, publisherSlug, displayName }))).toBe('UNPROCESSABLE');
  });
});
