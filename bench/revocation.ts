/**
 * `node bench/revocation.ts [ROUNDS [POLL-SECONDS]]`: how long a revocation in the console takes until a call through the
 * gateway is refused, with hints and with polling alone (10 rounds, 5 s unless told otherwise). Registry, database, event
 * stream, gateway, client and server are real and on this machine.
 */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { grantFor } from '../lib/auth/grants.ts';
import { loadViewer } from '../lib/auth/viewer.ts';
import { publishVersion } from '../lib/catalog/publish-version.ts';
import { resetConfig } from '../lib/config/config.ts';
import { closeDb, db } from '../lib/db/db.ts';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { applyMigrations } from '../lib/db/migrate.ts';
import { feedTrust } from '../lib/feed/store/feed-trust.ts';
import { instanceMasterKey } from '../lib/feed/store/keys.ts';
import { runHttpGateway, serverEnvironment } from '../lib/gateway/index.ts';
import { endEventStreams } from '../lib/http/feed/event-stream.ts';
import { createRequestListener } from '../lib/http/node-server.ts';
import { approveVersion } from '../lib/orgs/allowlist/approve-version.ts';
import { revokeVersion } from '../lib/orgs/allowlist/revoke-version.ts';
import { createOrg } from '../lib/orgs/create-org.ts';
import { storeStaticScan } from '../lib/scans/store-scan.ts';

const rounds = Number(process.argv[2] ?? 10);
const pollSeconds = Number(process.argv[3] ?? 5);
const SERVER = 'com.bench/slow';
const SLUG = 'bench';
const tool = { name: 'wait', description: 'Never answers.', inputSchema: { type: 'object' as const } };

/** A server of one tool that never answers, so that the refusal is what ends the call. */
const PROGRAM = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line);
  const say = (result) => console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  if (method === 'initialize') say({ protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'slow', version: '1' } });
  if (method === 'tools/list') say({ tools: [${JSON.stringify(tool)}] });
});`;

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
const server = http.createServer(createRequestListener(async (_request, response) => response.writeHead(404).end()));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
Object.assign(process.env, {
  DATABASE_URL: postgres.url,
  HALLMARK_DATA_DIR: dataDir,
  HALLMARK_JOBS: 'off',
  HALLMARK_PACKAGE_OWNERSHIP: 'record',
  HALLMARK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  NEXTAUTH_SECRET: 'a secret of thirty-two characters or more',
  LOG_LEVEL: 'error',
});
resetConfig();

try {
  await applyMigrations({ databaseUrl: postgres.url, projectDir: path.resolve(import.meta.dirname, '..') });
  await instanceMasterKey({ create: true });
  const person = await db().user.create({ data: { name: 'Bench', email: 'bench@example.org' } });
  await createOrg({ viewer: (await loadViewer(person.id))!, slug: SLUG, displayName: 'Bench' });
  const viewer = (await loadViewer(person.id))!;
  await publishServer();
  const hinted = await measure({ hints: true, refreshSeconds: 3600 });
  const polled = await measure({ hints: false, refreshSeconds: pollSeconds });
  report('with hints', hinted);
  report(`polling every ${pollSeconds} s ±20 %`, polled);

  async function measure(options: { hints: boolean; refreshSeconds: number }): Promise<number[]> {
    const took: number[] = [];
    const trust = await feedTrust({ viewer, orgSlug: SLUG });
    for (let round = 0; round < rounds; round += 1) {
      const target = { viewer, orgSlug: SLUG, serverName: SERVER, version: '1.0.0', reason: 'bench' };
      await approveVersion({ ...target, toolPolicy: { default: 'allow', rules: {} } });
      const { env } = serverEnvironment({ source: process.env, pass: [] });
      const reach = { exec: [process.execPath, '-e', PROGRAM], args: [], env, remote: null };
      const gateway = await runHttpGateway({
        trust,
        stateDir: path.join(dataDir, `gateway-${options.hints}-${round}`),
        host: '127.0.0.1',
        port: 0,
        plans: [
          {
            alias: 'slow',
            server: SERVER,
            version: null,
            reach: { ...reach, credentials: { shared: {}, personal: {} } },
          },
        ],
        writeAudit: () => {},
        ...options,
      });
      const client = new Client({ name: 'bench', version: '1' });
      const url = new URL(`http://127.0.0.1:${gateway.port}/servers/slow/mcp`);
      await client.connect(new StreamableHTTPClientTransport(url) as never);
      await client.listTools();
      const refused = client.callTool({ name: 'wait' }).catch(() => performance.now());
      await new Promise((resolve) => setTimeout(resolve, 500));
      const started = performance.now();
      await revokeVersion(target);
      took.push(((await refused) as number) - started);
      await client.close();
      await gateway.close();
    }
    return took;
  }
} finally {
  endEventStreams();
  server.closeAllConnections();
  server.close();
  await closeDb();
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
}

async function publishServer(): Promise<void> {
  const manifest = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: SERVER,
    description: 'A server for measuring',
    version: '1.0.0',
    packages: [{ registryType: 'npm', identifier: '@bench/slow', version: '1.0.0', transport: { type: 'stdio' } }],
  };
  const { versionId } = await publishVersion({
    manifestBytes: new Uint8Array(Buffer.from(JSON.stringify(manifest))),
    grant: grantFor({ type: 'system', name: 'bench' }, ['com.bench']),
    origin: 'published',
    now: new Date(),
  });
  const definitions = { tools: [tool], prompts: [], resources: [], resourceTemplates: [], instructions: null };
  await db().$transaction((tx) =>
    storeStaticScan(tx, { versionId, manifest: manifest as never, definitions, reason: 'bench', now: new Date() }),
  );
}

function report(label: string, took: number[]): void {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  console.log(`${label}: ${at(0.5)} ms in the middle, ${at(1)} ms at most, of ${took.length} revocations`);
}
