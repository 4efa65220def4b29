import { beforeAll, expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { getPublisherServers } from '#lib/publishers/get-publisher-servers.ts';
import { publishTestVersion, testInstance } from '../instance.ts';

testInstance();

beforeAll(async () => {
  for (const [name, version] of [
    ['com.acme/gone', '1.0.0'],
    ['com.acme/gone', '1.1.0'],
    ['com.acme/half', '1.0.0'],
    ['com.acme/half', '1.1.0'],
    ['com.acme/there', '1.0.0'],
    ['com.other/gone', '1.0.0'],
  ] as const) {
    await publishTestVersion(name, version);
  }
  const deleted = [{ serverName: { endsWith: '/gone' } }, { serverName: 'com.acme/half', version: '1.0.0' }];
  await db().version.updateMany({ where: { OR: deleted }, data: { status: 'deleted' } });
});

test.each([
  ['without the deleted ones', {}, ['com.acme/half', 'com.acme/there'], 2],
  ['the deleted ones alone', { isDeleted: true }, ['com.acme/gone'], 1],
  ['the one that was asked for, deleted or not', { only: 'com.acme/gone' }, ['com.acme/gone'], 1],
])('lists servers %s', async (_, query, names, total) => {
  const page = await getPublisherServers({ namespaces: ['com.acme'], ...query });
  expect(page).toMatchObject({ total, deletedTotal: 1 });
  expect(page.servers.map(({ name }) => name)).toEqual(names);
});
