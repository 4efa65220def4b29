import { describe, expect, it } from 'vitest';
import { changeServerStatus } from '#lib/catalog/change-status.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { publishTestVersion, testInstance } from '../instance.ts';

testInstance();

const list = async (query: string) => {
  const response = await handleRegistry(new Request(`http://localhost/v0.1/servers?${query}`));
  return { bytes: Number(response?.headers.get('content-length')), body: await response!.json() };
};

/** A manifest that is nearly as large as one may be. */
const large = {
  icons: Array.from({ length: 3500 }, (_, i) => ({ src: `https://example.com/${'x'.repeat(200)}${i}.png` })),
};

describe('a page of large manifests', () => {
  it('ends early, with a cursor that goes on where it ended, and misses nothing', async () => {
    for (let i = 0; i < 24; i++) await publishTestVersion('io.github.large/one', `1.0.${i}`, { extra: large });
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await list(`limit=100${cursor ? `&cursor=${cursor}` : ''}`);
      expect(body.servers.length).toBeGreaterThan(0);
      seen.push(...body.servers.map((item: { server: { version: string } }) => item.server.version));
      expect(JSON.stringify(body).length).toBeLessThan(10 * 1024 * 1024);
      cursor = body.metadata.nextCursor;
      pages += 1;
    } while (cursor);
    expect(pages).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(24);
    expect(seen).toHaveLength(24);
  });

  it('of a search too', async () => {
    const first = await list('search=large&limit=100');
    const second = await list(`limit=100&cursor=${first.body.metadata.nextCursor}`);
    const versions = [...first.body.servers, ...second.body.servers].map((item) => item.server.version);
    expect(first.body.servers.length).toBeLessThan(24);
    expect(new Set(versions).size).toBe(versions.length);
  });
});

describe('the status of all versions of a server', () => {
  it('is one event that names each version with what it was', async () => {
    for (const version of ['1.0.0', '1.1.0']) await publishTestVersion('io.github.bulk/one', version);
    await changeServerStatus({
      serverName: 'io.github.bulk/one',
      status: 'deprecated',
      statusMessage: 'use two',
      permissions: [{ action: 'edit', resource: '*' }],
      actor: { type: 'system', name: 'test' },
    });
    const events = await db().auditEvent.findMany({ where: { kind: 'server.status-changed' } });
    expect(events).toHaveLength(1);
    expect(events[0]?.data).toEqual({
      to: 'deprecated',
      versions: 2,
      message: 'use two',
      changed: expect.arrayContaining([
        { version: '1.0.0', from: 'active' },
        { version: '1.1.0', from: 'active' },
      ]),
    });
  });
});
