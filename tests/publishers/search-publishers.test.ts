import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { searchPublishers } from '#lib/publishers/search-publishers.ts';
import { createUser, testInstance } from '../instance.ts';

testInstance();

let viewer: Viewer;

beforeAll(async () => {
  viewer = await createUser('Admin', { isInstanceAdmin: true });
  const namespace = (name: string, failingSince: Date | null = null) => ({
    create: { name, proofKind: 'dns' as const, proof: {}, provenAt: new Date(), isProven: true, failingSince },
  });
  await db().publisher.create({ data: { slug: 'acme', displayName: 'Acme', namespaces: namespace('com.acme') } });
  await db().publisher.create({
    data: { slug: 'under_score', displayName: '100% Weather', namespaces: namespace('org.weather', new Date()) },
  });
});

const found = async (text: string, isFailing = false) =>
  (await searchPublishers({ viewer, text, isFailing })).publishers.map(({ slug }) => slug);

describe('the search for publishers', () => {
  it.each([
    ['', ['acme', 'under_score']],
    ['ACM', ['acme']],
    ['weather', ['under_score']],
    ['com.ac', ['acme']],
    ['100%', ['under_score']],
    ['%', ['under_score']],
    ['r_s', ['under_score']],
    ['_', ['under_score']],
    ['\\', []],
    ['\0', ['acme', 'under_score']],
    ["' or 1=1 --", []],
  ])('for %j finds %j', async (text, slugs) => {
    expect(await found(text)).toEqual(slugs);
  });

  it('can keep those with a proof that fails, and counts them', async () => {
    expect(await found('', true)).toEqual(['under_score']);
    expect(await searchPublishers({ viewer, text: 'acme', isFailing: true })).toMatchObject({ total: 0, failing: 1 });
  });

  it('is for admins', async () => {
    const other = await createUser('Other');
    await expect(searchPublishers({ viewer: other })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
