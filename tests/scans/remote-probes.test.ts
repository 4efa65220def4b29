import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { acquireSnapshot } from '#lib/scans/acquire/snapshot.ts';
import { SCAN_LIMITS } from '#lib/scans/limits.ts';
import { remoteProbes } from '#lib/scans/remote-probes.ts';
import { scanColumns } from '#lib/scans/store-scan.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { manifestOf, publishTestVersion, testInstance } from '../instance.ts';
import { notesServer, type RemoteWorld, serveStreamable, startRemoteWorld } from './remote-servers.ts';

testInstance();

const URL = 'https://mcp.example/mcp';
let world: RemoteWorld;
beforeAll(async () => {
  world = await startRemoteWorld(['mcp.example']);
});
afterAll(() => world.close());
beforeEach(() => world.web.clear());

const remote = { type: 'streamable-http' as const, url: URL };
const manifest = (parts: Partial<Manifest> = {}) =>
  manifestOf('com.acme/notes', '1.0.0', { packages: [], remotes: [remote], ...parts } as never) as unknown as Manifest;
const noSandbox = {
  available: false,
  code: 'BUBBLEWRAP_MISSING',
  reason: 'No bubblewrap.',
  fix: 'Install it.',
} as const;
const acquire = (parts: Partial<Manifest> = {}, remotes?: Parameters<typeof acquireSnapshot>[0]['remotes']) =>
  acquireSnapshot({
    manifest: manifest(parts),
    sandbox: noSandbox,
    remotes: remotes ?? { outbound: world.outbound },
    limits: { introspect: { initializeMs: 2_000, requestMs: 1_000, listsMs: 2_000 } },
  });

describe('a version with a remote', () => {
  it('is covered by what the remote says, and when it was asked', async () => {
    world.web.set(URL, serveStreamable({}).handler);
    expect(await acquire()).toMatchObject({
      definitionsOrigin: 'live',
      definitions: { tools: [{ name: 'list_notes' }] },
      coverage: {
        live: { covered: true, asked: { url: URL, at: expect.stringMatching(/^\d{4}-/) } },
        package: { covered: false },
      },
    });
  });

  it('whose address needs what only a user has is not asked', async () => {
    const snapshot = await acquire({
      remotes: [{ ...remote, url: 'https://{tenant}.mcp.example/mcp', variables: { tenant: {} } }],
    });
    expect(snapshot.coverage.live).toEqual({
      covered: false,
      reason: 'The address of the remote server needs what only a user has: tenant.',
    });
    expect(world.web.requests).toEqual([]);
  });

  it('that wants sign-in says so, with the header that the manifest asks for, and is sent none', async () => {
    world.web.set(URL, { status: 401, headers: { 'www-authenticate': 'Bearer realm="notes"' } });
    const headers = [{ name: 'X-Key', isRequired: true, isSecret: true, value: 'fixed' }];
    const { coverage } = await acquire({ remotes: [{ ...remote, headers }] });
    expect(coverage.live.reason).toMatch(
      /Bearer realm="notes" The manifest asks for the header X-Key; no credentials are sent/,
    );
    expect(world.web.requests).toHaveLength(1);
    expect(world.web.requests[0]?.headers).not.toHaveProperty('x-key');
  });

  it('keeps what its publisher declared where the remote says nothing', async () => {
    const declared = {
      tools: [{ name: 'declared', inputSchema: {} }],
      prompts: null,
      resources: null,
      resourceTemplates: null,
      instructions: null,
    };
    const snapshot = await acquireSnapshot({
      manifest: manifest(),
      declared,
      sandbox: noSandbox,
      remotes: { outbound: world.outbound },
    });
    expect(snapshot).toMatchObject({
      definitionsOrigin: 'declared',
      coverage: { live: { covered: false }, tools: { covered: true } },
    });
  });
});

describe('HALLMARK_PROBE_REMOTES', () => {
  it.each([
    ['off', 'published', false],
    ['published', 'published', true],
    ['published', 'mirrored', false],
    ['published', 'example', false],
    ['all', 'mirrored', true],
  ] as const)('%s for a version that was %s', (setting, origin, isAsked) => {
    expect(remoteProbes({ origin, serverId: 'x' }, setting) !== undefined).toBe(isAsked);
  });

  it('asks an address once within the hour, whatever comes of it, and a later scan again', async () => {
    let answers = 0;
    world.web.set(URL, serveStreamable({ make: () => notesServer(`Answer ${++answers}.`) }).handler);
    const { versionId } = await publishTestVersion('com.acme/notes', '1.0.0', {
      extra: { remotes: [remote] },
    } as never);
    const { serverId } = await db().version.findUniqueOrThrow({ where: { id: versionId } });
    const scan = async (now: Date) => {
      const probes = remoteProbes({ origin: 'published', serverId }, 'published');
      const snapshot = await acquire({}, { ...probes, outbound: world.outbound, now: () => now });
      const report = scanSnapshot({ manifest: manifest(), definitions: snapshot.definitions as never });
      const result = { ...snapshot, report };
      await db().scan.create({
        data: { versionId, reason: 'test', ...(scanColumns(result as never, new Date()) as object) } as never,
      });
      return snapshot.definitions?.tools?.[0]?.description;
    };
    const longAgo = new Date(Date.now() - SCAN_LIMITS.probeEveryMs - 1_000);
    expect(await scan(longAgo)).toBe('Answer 1.');
    expect(await scan(new Date())).toBe('Answer 2.');
    expect(await scan(new Date())).toBe('Answer 2.');
    expect(answers).toBe(2);
  });
});
