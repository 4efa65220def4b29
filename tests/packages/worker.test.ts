import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { config, resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { enqueuePackageRecheck } from '#lib/jobs/enqueue.ts';
import { startWorkers } from '#lib/jobs/start-workers.ts';
import { getPackageChecks } from '#lib/packages/index.ts';
import { publishTestVersion, testInstance } from '../instance.ts';
import { SERVER } from './support/registries.ts';

testInstance();
const stopping = new AbortController();
/** As inside a company: on a private address, without TLS. */
const mirror = createServer((request, response) => {
  const isVersion = request.url === '/npm/@acme%2fweather/1.0.0';
  response.writeHead(isVersion ? 200 : 404, { 'content-type': 'application/json' });
  response.end(isVersion ? JSON.stringify({ name: '@acme/weather', version: '1.0.0', mcpName: SERVER }) : '{}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  process.env.HALLMARK_NPM_REGISTRY = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/npm`;
  resetConfig();
});
afterAll(async () => {
  stopping.abort();
  await stopBoss();
  delete process.env.HALLMARK_NPM_REGISTRY;
  mirror.closeAllConnections();
  await new Promise((resolve) => mirror.close(resolve));
});

test("a worker checks what was published at the admin's mirror", async () => {
  const { versionId } = await publishTestVersion(SERVER, '1.0.0');
  // Its scan is not what this is about.
  await db().scan.deleteMany();
  process.env.HALLMARK_JOBS = 'on';
  await startWorkers({ settings: config(), signal: stopping.signal });
  await enqueuePackageRecheck();
  await vi.waitFor(
    async () => {
      expect((await getPackageChecks(versionId)).map(({ kind, code }) => `${kind} ${code}`)).toEqual([
        'ownership NAME_MATCHES',
        'digest DIGEST_ABSENT',
        'provenance NOT_OFFERED',
      ]);
    },
    { timeout: 25_000, interval: 200 },
  );
});
