import { describe, expect, it } from 'vitest';
import { parseClientsQuery } from '#app/orgs/[org]/exports/clients-query.ts';
import { db } from '#lib/db/db.ts';
import { EXPORT_CLIENTS, type ExportClientId } from '#lib/exports/index.ts';
import { checkRegistry } from '#lib/orgs/published/check-registry.ts';
import { getClientsPage } from '#lib/orgs/published/get-clients-page.ts';
import { createUser, viewerOf } from '../instance.ts';
import { servedOrgs } from './support/served-orgs.ts';

const served = servedOrgs();
const member = async (name: string, role: 'reviewer' | 'auditor' | 'requester') => {
  const user = await createUser(name);
  await db().orgMember.create({ data: { orgId: served.acme.id, userId: user.id, role } });
  return viewerOf(user.id);
};

describe('the page Clients', () => {
  it.each(Object.keys(EXPORT_CLIENTS) as ExportClientId[])('shows %s', async (client) => {
    const page = await getClientsPage({ viewer: served.owner, orgSlug: 'acme', client, asked: {} });
    expect(page.shown?.counts.listed).toBeGreaterThan(30);
    const answer = await fetch(page.shown!.withKey);
    expect((await answer.text()).startsWith(page.shown!.text)).toBe(true);
    expect((await fetch(`${page.registry.withKey}/v0.1/servers`)).status).toBe(200);
  });

  it('is for owners, reviewers and auditors of the organization', async () => {
    const see = (viewer: Awaited<ReturnType<typeof member>>) =>
      Promise.all([
        getClientsPage({ viewer, orgSlug: 'acme', client: 'copilot', asked: {} }),
        checkRegistry({ viewer, orgSlug: 'acme', client: 'address', part: {} }),
      ]);
    for (const viewer of [await member('Rea', 'reviewer'), await member('Aud', 'auditor')]) await see(viewer);
    await expect(see(await member('Req', 'requester'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(see(await createUser('Nobody'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const oscar = await db().user.findFirstOrThrow({ where: { name: 'Oscar' } });
    await expect(see(await viewerOf(oscar.id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says that a team is gone', async () => {
    const asked = { team: 'none' };
    const page = await getClientsPage({ viewer: served.owner, orgSlug: 'acme', client: 'copilot', asked });
    expect(page.shown).toBeNull();
  });

  it('checks the public address and no other', async () => {
    const asked: string[] = [];
    const check = await checkRegistry({
      viewer: served.owner,
      orgSlug: 'acme',
      client: 'vscode',
      part: { team: '../../x?y#z' },
      ask: async ({ url }) => {
        asked.push(url);
        return { reason: 'refused', detail: 'x' };
      },
    });
    expect(check.outcome).toBe('fails');
    for (const url of asked) {
      expect(
        url.startsWith(`${served.origin}/orgs/acme/registry/k/${served.acme.viewKey}/teams/..%2F..%2Fx%3Fy%23z/`),
      ).toBe(true);
    }
  });
});

it('an address of the page that means nothing is the page as it is at first', () => {
  expect(parseClientsQuery({ client: 'constructor', check: '__proto__', askAs: 'x', windows: 'x', team: '' })).toEqual({
    client: 'copilot',
    check: null,
    asked: {},
  });
  expect(
    parseClientsQuery({ client: ['kong'], check: 'docker', team: 'data', askAs: 'allow', windows: 'true' }),
  ).toEqual({
    client: 'kong',
    check: 'docker',
    asked: { team: 'data', askAs: 'allow', windows: true },
  });
});
