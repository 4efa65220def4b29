import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { issueGatewayToken } from '#lib/orgs/gateway-tokens.ts';
import { issueViewToken } from '#lib/orgs/view-tokens.ts';
import { createUser, publishTestVersion, testInstance, toolsOf, viewerOf } from '../../instance.ts';

export type ServedOrg = { slug: string; id: string; viewKey: string; viewToken: string; gatewayToken: string };
export type ServedOrgs = { origin: string; owner: Viewer; acme: ServedOrg; other: ServedOrg };

/** Two organizations of two owners behind HTTP: acme with approved servers, other with one. Call at the top of the file. */
export function servedOrgs(): ServedOrgs {
  testInstance();
  const served = { origin: '' } as ServedOrgs;
  const server = http.createServer(
    createRequestListener(async (request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>a page for ${request.url}</html>`);
    }),
  );
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    served.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.HALLMARK_URL = served.origin;
    resetConfig();
    await publishCatalog();
    served.owner = await createUser('Olga');
    served.acme = await makeOrg('acme', served.owner);
    served.other = await makeOrg('other', await createUser('Oscar'));
    served.owner = await viewerOf(served.owner.id);
    for (const [name, version] of APPROVED) await approve(served.owner, 'acme', name, version);
    const oscar = await db().user.findFirstOrThrow({ where: { name: 'Oscar' } });
    await approve(await viewerOf(oscar.id), 'other', 'org.secret/plans', '1.0.0');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return served;
}

/** What acme approves. 2.0.0 of weather, and everything of `org.secret`, it does not. */
export const APPROVED = [
  ['io.github.acme/weather', '1.0.0'],
  ['io.github.acme/weather', '1.1.0'],
  ['com.example/notes', '2.0.0'],
  ['com.example/build', '1.0.0+linux.x64'],
  ['com.example/half_way', '1.0.0'],
  ...Array.from({ length: 34 }, (_, i): [string, string] => [`org.many/server-${i + 10}`, '1.0.0']),
] as const;

async function publishCatalog(): Promise<void> {
  let day = 0;
  const publish = (name: string, version: string, extra: JsonObject = {}) => {
    day += 1;
    const now = new Date(Date.UTC(2026, 0, day));
    return publishTestVersion(name, version, { tools: toolsOf('read', 'write'), extra, now });
  };
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    await publish('io.github.acme/weather', version, { title: 'Weather' });
  }
  await publish('com.example/notes', '2.0.0', {
    packages: [],
    remotes: [{ type: 'streamable-http', url: 'https://mcp.notes.example.com/mcp' }],
  });
  await publish('com.example/build', '1.0.0+linux.x64', { packages: [npmPackage('build', '1.0.0')] });
  await publish('com.example/half_way', '1.0.0', { packages: [npmPackage('half-way', '1.0.0')] });
  for (let i = 10; i < 44; i += 1) {
    await publish(`org.many/server-${i}`, '1.0.0', { packages: [npmPackage(`many-${i}`, '1.0.0')] });
  }
  await publish('org.secret/plans', '1.0.0', { packages: [npmPackage('plans', '1.0.0')] });
}

const npmPackage = (identifier: string, version: string) => ({
  registryType: 'npm',
  identifier,
  version,
  transport: { type: 'stdio' },
});

async function makeOrg(slug: string, user: Viewer): Promise<ServedOrg> {
  await createOrg({ viewer: user, slug, displayName: slug });
  const viewer = await viewerOf(user.id);
  const org = await db().org.findUniqueOrThrow({ where: { slug } });
  const token = { viewer, orgSlug: slug, name: 'test', expiresInDays: 1 };
  return {
    slug,
    id: org.id,
    viewKey: org.viewKey,
    viewToken: (await issueViewToken(token)).token,
    gatewayToken: (await issueGatewayToken(token)).token,
  };
}

export const approve = (viewer: Viewer, orgSlug: string, serverName: string, version: string) =>
  approveVersion({
    viewer,
    orgSlug,
    serverName,
    version,
    toolPolicy: { default: 'deny', rules: { read: 'allow' } },
    reason: 'used by everybody',
  });
