import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { issueAdminToken } from '#lib/auth/admin-tokens.ts';
import { changeVersionStatus } from '#lib/catalog/change-status.ts';
import { resetConfig } from '#lib/config/config.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '../../instance.ts';

export const WRITE_NAMESPACE = 'io.github.conformance';

export type ServedInstance = { baseUrl: string; writeToken: string; editToken: string };

/** An instance behind HTTP with something in it, and the tokens to write to it. Call at the top of the file. */
export function servedInstance(): ServedInstance {
  testInstance();
  const served: ServedInstance = { baseUrl: '', writeToken: '', editToken: '' };
  const server = http.createServer(
    createRequestListener(async (_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<html>There is no such page.</html>');
    }),
  );
  beforeAll(async () => {
    process.env.HALLMARK_ANONYMOUS_PUBLISHING = 'true';
    resetConfig();
    await fill();
    Object.assign(served, await tokens());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    served.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    delete process.env.HALLMARK_ANONYMOUS_PUBLISHING;
  });
  return served;
}

/** More versions than a default page, several of a server, namespaces with several servers, a deleted one. */
async function fill(): Promise<void> {
  let days = 0;
  const nextDay = () => {
    days += 1;
    return new Date(Date.UTC(2026, 0, days));
  };
  const publish = (name: string, version: string) => publishTestVersion(name, version, { now: nextDay() });
  for (const name of ['com.alpha/one', 'com.alpha/three', 'com.alpha/two', 'com.beta/half_way', 'org.gamma/Weather']) {
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await publish(name, version);
  }
  for (let i = 10; i < 30; i += 1) await publish(`org.delta/server-${i}`, '1.0.0');
  for (const version of ['1.0.0', '1.1.0']) await publish('com.beta/gone', version);
  await changeVersionStatus({
    serverName: 'com.beta/gone',
    version: '1.1.0',
    status: 'deleted',
    statusMessage: 'Malware.',
    permissions: [{ action: 'edit', resource: '*' }],
    actor: { type: 'system', name: 'test' },
    now: nextDay(),
  });
}

async function tokens(): Promise<{ writeToken: string; editToken: string }> {
  const user = await createUser('Conformance', { isInstanceAdmin: true });
  await createPublisher({ viewer: user, slug: 'conformance', displayName: 'Conformance' });
  const viewer = await viewerOf(user.id);
  await claimNamespace({ viewer, publisherSlug: 'conformance', namespace: WRITE_NAMESPACE });
  const write = await issuePublishToken({ viewer, publisherSlug: 'conformance', name: 'ci', expiresInDays: 1 });
  const edit = await issueAdminToken({ viewer, name: 'ci', expiresInDays: 1 });
  return { writeToken: write.token, editToken: edit.token };
}
