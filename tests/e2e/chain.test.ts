import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { FeedError, pullFeed } from '#lib/feed/client/index.ts';
import type { FeedTrust } from '#lib/feed/documents.ts';
import { feedTrust } from '#lib/feed/store/feed-trust.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { addSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { runScan } from '#lib/scans/run-scan.ts';
import { detectSandbox } from '#lib/scans/sandbox/index.ts';
import {
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';

/**
 * The chain with real parts: a private Sigstore, the registry over HTTP, two reference servers from npm run in the
 * sandbox, an approval, the feed over HTTP through tuf-js, and the gateway between an MCP client and the real server.
 */
testInstance();

const FILESYSTEM = 'io.github.acme/filesystem';
const EVERYTHING = 'io.github.acme/everything';
const VERSION = '2026.8.31';
const LONG = 300_000;

let sigstore: PrivateSigstore;
let server: http.Server;
let url: string;
let viewer: Viewer;
let token: string;
let trust: FeedTrust;
let dir: string;
const sandbox = await detectSandbox();

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-chain-'));
  server = http.createServer(createRequestListener(async (_request, response) => response.writeHead(404).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.HALLMARK_URL = url;
  resetConfig();
  sigstore = await startPrivateSigstore();
  fs.writeFileSync(path.join(dir, 'trusted-root.json'), JSON.stringify(sigstore.trustedRoot));
  await saveTrustRoot({ name: 'private', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
});
afterAll(async () => {
  await sigstore.close();
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(dir, { recursive: true, force: true });
});

function writeManifest(name: string, identifier: string, extra: JsonObject): string {
  const file = path.join(dir, `${name.split('/')[1]}.json`);
  const packages = [{ registryType: 'npm', identifier, version: VERSION, transport: { type: 'stdio' }, ...extra }];
  const repository = { url: 'https://github.com/acme/weather', source: 'github' };
  fs.writeFileSync(
    file,
    `${JSON.stringify(manifestOf(name, VERSION, { packages, repository } as JsonObject), null, 2)}\n`,
  );
  return file;
}

/** A publisher's CI: sign with the workflow's identity, publish with the token. */
async function signAndPublish(file: string) {
  const bundle = `${file}.sigstore.json`;
  const signed = await runHallmark([
    'sign',
    file,
    '--bundle',
    bundle,
    '--form',
    'dsse',
    '--fulcio-url',
    sigstore.url,
    '--rekor-url',
    sigstore.url,
    '--tsa-url',
    sigstore.url,
    '--trusted-root',
    path.join(dir, 'trusted-root.json'),
    '--identity-token',
    gitHubToken(),
  ]);
  expect(signed).toMatchObject({ code: 0 });
  const published = await runHallmark(['publish', file, '--bundle', bundle, '--registry', url], {
    HALLMARK_TOKEN: token,
  });
  expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('signature: signed') });
}

async function scanAll() {
  for (const { id } of await db().scan.findMany({ where: { status: 'queued' } })) {
    await runScan({ scanId: id, signal: new AbortController().signal });
  }
}

async function connect(reference: string, args: string[]) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      path.resolve('cli/main.ts'),
      'gateway',
      '--trust',
      path.join(dir, 'feed-trust.json'),
      '--state',
      path.join(dir, 'gateway-state'),
      '--refresh',
      '1',
      ...args.flatMap((arg) => ['--arg', arg]),
      '--',
      reference,
    ],
    env: { ...process.env, LOG_LEVEL: 'error' } as Record<string, string>,
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport, { timeout: 120_000 });
  return client;
}

describe.runIf(sandbox.available)('from a signed manifest to an enforced allowlist', () => {
  it(
    'verifies the publisher and its signature',
    async () => {
      const user = await createUser('Publisher', { isInstanceAdmin: true });
      await createPublisher({ viewer: user, slug: 'acme', displayName: 'Acme' });
      viewer = await viewerOf(user.id);
      await claimNamespace({ viewer, publisherSlug: 'acme', namespace: 'io.github.acme' });
      await addSignerIdentity({
        viewer,
        publisherSlug: 'acme',
        identity: { kind: 'github', issuer: GITHUB_ISSUER, ownerId: '2002', repositoryId: '1001' },
      });
      ({ token } = await issuePublishToken({ viewer, publisherSlug: 'acme', name: 'ci', expiresInDays: 1 }));
      const directory = {
        type: 'positional',
        valueHint: 'directory',
        description: 'Directory to serve',
        isRequired: true,
        isRepeated: true,
        format: 'filepath',
      };
      await signAndPublish(
        writeManifest(FILESYSTEM, '@modelcontextprotocol/server-filesystem', {
          packageArguments: [directory],
        } as JsonObject),
      );
      await signAndPublish(writeManifest(EVERYTHING, '@modelcontextprotocol/server-everything', {}));
    },
    LONG,
  );

  it(
    'runs both servers in the sandbox and grades what they say',
    async (context) => {
      await scanAll();
      const page = await getServerPage({ name: FILESYSTEM });
      const reason = page?.scan?.coverage?.package.reason ?? '';
      if (/registry/i.test(reason) && /reach/i.test(reason)) context.skip(`npm cannot be reached: ${reason}`);
      expect(page?.scan?.coverage).toMatchObject({
        tools: { covered: true },
        package: { covered: true },
        live: { covered: true },
      });
      expect(page?.tools?.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['read_text_file', 'write_file', 'list_directory']),
      );
      expect(page?.scan?.findings.filter((finding) => finding.class === 'accusation')).toEqual([]);
      expect(page?.marks).toMatchObject({
        signature: { state: 'signed', provenance: 'matches' },
        scan: { status: 'done' },
      });
      expect(page?.scan?.permissions.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['read', 'change']));
      const everything = await getServerPage({ name: EVERYTHING });
      expect(everything?.tools?.length).toBeGreaterThan(5);
      expect(everything?.scan?.prompts.length).toBeGreaterThan(0);
    },
    LONG,
  );

  it(
    'approves reading only, and signs that into the feed',
    async () => {
      await createOrg({ viewer, slug: 'acme-it', displayName: 'Acme IT' });
      viewer = await viewerOf(viewer.id);
      const approval = await approveVersion({
        viewer,
        orgSlug: 'acme-it',
        serverName: FILESYSTEM,
        version: VERSION,
        toolPolicy: { default: 'deny', rules: { 'read_*': 'allow', 'list_*': 'allow' } },
        reason: 'reading is fine',
      });
      expect(approval.serial).toBe(2);
      trust = await feedTrust({ viewer, orgSlug: 'acme-it' });
      fs.writeFileSync(path.join(dir, 'feed-trust.json'), JSON.stringify(trust));
      const out = path.join(dir, 'allowlist.json');
      const pulled = await runHallmark([
        'feed',
        'pull',
        '--trust',
        path.join(dir, 'feed-trust.json'),
        '--state',
        path.join(dir, 'pull-state'),
        '--out',
        out,
      ]);
      expect(pulled).toMatchObject({ code: 0, stdout: expect.stringContaining('Serial 2') });
      const [entry] = JSON.parse(fs.readFileSync(out, 'utf8')).servers;
      expect(entry.versions[0]).toMatchObject({
        version: VERSION,
        signer: { issuer: GITHUB_ISSUER },
        tools: { default: 'deny' },
      });
    },
    LONG,
  );

  it('is refused by a gateway that trusts another organization', async () => {
    const other = await createOrg({ viewer, slug: 'other-org', displayName: 'Other' });
    const feed = await db().feed.findUniqueOrThrow({ where: { orgId: other.id } });
    const foreign = { ...trust, baseUrl: `${url}/orgs/other-org/feed/k/${feed.pathKey}` };
    await expect(pullFeed({ trust: foreign, stateDir: path.join(dir, 'foreign-state') })).rejects.toBeInstanceOf(
      FeedError,
    );
  });

  it(
    'lists and calls only what is approved, and stops when it is revoked',
    async () => {
      const files = fs.mkdtempSync(path.join(dir, 'files-'));
      fs.writeFileSync(path.join(files, 'hello.txt'), 'hello from the real server');
      const client = await connect(FILESYSTEM, [files]);
      try {
        const names = (await client.listTools()).tools.map(({ name }) => name);
        expect(names).toContain('read_text_file');
        expect(names.filter((name) => !/^(read|list)_/.test(name))).toEqual([]);
        const read = await client.callTool({
          name: 'read_text_file',
          arguments: { path: path.join(files, 'hello.txt') },
        });
        expect(JSON.stringify(read.content)).toContain('hello from the real server');
        await expect(
          client.callTool({ name: 'write_file', arguments: { path: path.join(files, 'x'), content: 'x' } }),
        ).rejects.toThrow(/write_file/);
        expect(fs.existsSync(path.join(files, 'x'))).toBe(false);

        await revokeVersion({ viewer, orgSlug: 'acme-it', serverName: FILESYSTEM, version: VERSION, reason: 'drill' });
        await expect
          .poll(
            () =>
              client.callTool({ name: 'read_text_file', arguments: { path: path.join(files, 'hello.txt') } }).then(
                () => 'served',
                () => 'refused',
              ),
            { timeout: 30_000, interval: 500 },
          )
          .toBe('refused');
      } finally {
        await client.close();
      }
    },
    LONG,
  );

  it(
    'does not start a server that is not, or no longer, on the allowlist',
    async () => {
      await expect(connect(EVERYTHING, [])).rejects.toThrow();
      await expect(connect(FILESYSTEM, [dir])).rejects.toThrow();
    },
    LONG,
  );
});

if (!sandbox.available) {
  it('runs the chain', (context) => context.skip(`${sandbox.reason} ${sandbox.fix}`));
}
