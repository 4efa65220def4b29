import { expect, it } from 'vitest';
import { loadViewer, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { allowedServerIds } from '#lib/orgs/allowlist/allowed-server-ids.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createUser, publishTestVersion, testInstance, toolsOf } from '../../instance.ts';

testInstance();

it('is what is published: approved and not suspended, for members only, and nothing in a lockdown', async () => {
  const person = await createUser('Owner');
  await createOrg({ viewer: person, slug: 'acme', displayName: 'Acme' });
  const viewer = (await loadViewer(person.id)) as Viewer;
  for (const name of ['org.found/one', 'org.found/two', 'org.found/three']) {
    await publishTestVersion(name, '1.0.0', { tools: toolsOf('read') });
    if (name === 'org.found/three') continue;
    await approveVersion({
      viewer,
      orgSlug: 'acme',
      serverName: name,
      version: '1.0.0',
      toolPolicy: { default: 'allow', rules: {} },
      reason: 'wanted',
    });
  }
  const names = async () =>
    (await db().server.findMany({ where: { id: { in: (await allowedServerIds(viewer, 'acme')) ?? [] } } }))
      .map(({ name }) => name)
      .sort();
  expect(await names()).toEqual(['org.found/one', 'org.found/two']);
  await suspendEntry({ viewer, orgSlug: 'acme', serverName: 'org.found/one', reason: 'odd' });
  expect(await names()).toEqual(['org.found/two']);
  expect(await allowedServerIds(await createUser('Stranger'), 'acme')).toBeNull();
  expect(await allowedServerIds(null, 'acme')).toBeNull();
  await startLockdown({ viewer, orgSlug: 'acme', reason: 'drill' });
  expect(await names()).toEqual([]);
});
