import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { bytesOf, manifestOf, testInstance } from '../instance.ts';

testInstance();

/** An npm registry with one package, which names a server or does not. */
let mcpName: string | undefined;
let isAway = false;
const registry = http.createServer((request, response) => {
  const isPackage = request.url === '/@acme%2fweather/1.0.0' || request.url === '/@acme%2Fweather/1.0.0';
  response.statusCode = isAway ? 503 : isPackage ? 200 : 404;
  response.setHeader('content-type', 'application/json');
  response.end(isPackage && !isAway ? JSON.stringify({ name: '@acme/weather', version: '1.0.0', mcpName }) : '{}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  process.env.HALLMARK_NPM_REGISTRY = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  process.env.HALLMARK_PACKAGE_OWNERSHIP = 'require';
  resetConfig();
});
afterAll(() => {
  registry.close();
  delete process.env.HALLMARK_NPM_REGISTRY;
});
afterEach(() => {
  isAway = false;
});

const publish = (name: string) =>
  publishVersion({
    manifestBytes: bytesOf(manifestOf(`io.github.acme/${name}`, '1.0.0')),
    grant: grantFor({ type: 'system', name: 'test' }, ['io.github.acme']),
    origin: 'published',
  });

describe('a publication whose package', () => {
  it('names the server is published, with what was seen', async () => {
    mcpName = 'io.github.acme/owned';
    const { versionId } = await publish('owned');
    const ownership = await db().packageCheck.findFirstOrThrow({ where: { versionId, kind: 'ownership' } });
    expect(ownership).toMatchObject({ state: 'proven', result: { code: 'NAME_MATCHES' } });
  });

  it.each([
    ['names no server', undefined, 'NAME_MISSING'],
    ['names another server', 'io.github.acme/other', 'NAME_DIFFERS'],
    ['names it in another case', 'io.github.acme/Foreign', 'NAME_CASE'],
  ])('%s is refused with the fix', async (_, named, code) => {
    mcpName = named;
    await expect(publish('foreign')).rejects.toMatchObject({
      code: 'PACKAGE_NOT_OWNED',
      message: expect.stringContaining('io.github.acme/foreign'),
      details: { checks: [expect.objectContaining({ path: 'packages[0]', code })] },
    });
    expect(await db().version.count({ where: { serverName: 'io.github.acme/foreign' } })).toBe(0);
  });

  it('cannot be asked about is published, and said to be unknown', async () => {
    isAway = true;
    const { versionId } = await publish('away');
    const ownership = await db().packageCheck.findFirstOrThrow({ where: { versionId, kind: 'ownership' } });
    expect(ownership.state).toBe('unreachable');
  });

  it('does not name the server is published where the admin only records it', async () => {
    mcpName = undefined;
    process.env.HALLMARK_PACKAGE_OWNERSHIP = 'record';
    resetConfig();
    try {
      const { versionId } = await publish('recorded');
      expect(await db().packageCheck.count({ where: { versionId } })).toBe(0);
    } finally {
      process.env.HALLMARK_PACKAGE_OWNERSHIP = 'require';
      resetConfig();
    }
  });
});
