import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { loadViewer, type Viewer } from '#lib/auth/viewer.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { resetConfig } from '#lib/config/config.ts';
import { closeDb, db } from '#lib/db/db.ts';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';
import type { Definitions, JsonObject } from '#lib/manifest/types.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { createTestDatabase } from './database.ts';

/**
 * An instance of its own for one test file: database, data folder, keys. Jobs are off; a test that wants a scan stores
 * or runs one itself. Call at the top of the file.
 */
export function testInstance(): void {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let dataDir: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-instance-'));
    Object.assign(process.env, {
      DATABASE_URL: database.url,
      HALLMARK_DATA_DIR: dataDir,
      HALLMARK_JOBS: 'off',
      HALLMARK_PACKAGE_OWNERSHIP: 'record',
      HALLMARK_URL: 'http://hallmark.test',
      NEXTAUTH_SECRET: 'a secret of thirty-two characters or more',
    });
    resetConfig();
    await instanceMasterKey({ create: true });
  });
  afterAll(async () => {
    await closeDb();
    await database.drop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
}

export async function createUser(name: string, { isInstanceAdmin = false } = {}): Promise<Viewer> {
  const user = await db().user.create({ data: { name, email: `${name.toLowerCase()}@example.org`, isInstanceAdmin } });
  return viewerOf(user.id);
}

/** The person with the memberships that they have by now. */
export async function viewerOf(userId: string): Promise<Viewer> {
  const viewer = await loadViewer(userId);
  if (!viewer) throw new Error(`there is no user ${userId}`);
  return viewer;
}

export const manifestOf = (name: string, version: string, extra: JsonObject = {}): JsonObject => ({
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name,
  description: `Test server ${name}`,
  version,
  packages: [{ registryType: 'npm', identifier: '@acme/weather', version, transport: { type: 'stdio' } }],
  ...extra,
});

export const bytesOf = (manifest: JsonObject) => new Uint8Array(Buffer.from(JSON.stringify(manifest)));

export const toolsOf = (...names: string[]): Definitions => ({
  tools: names.map((name) => ({ name, description: `Does ${name}.`, inputSchema: { type: 'object' } })),
  prompts: null,
  resources: null,
  resourceTemplates: null,
  instructions: null,
});

/** Publishes a version and, where tools are given, stores a scan that saw them. */
export async function publishTestVersion(
  name: string,
  version: string,
  { tools, extra = {}, now = new Date() }: { tools?: Definitions; extra?: JsonObject; now?: Date } = {},
) {
  const manifest = manifestOf(name, version, extra);
  const published = await publishVersion({
    manifestBytes: bytesOf(manifest),
    grant: grantFor({ type: 'system', name: 'test' }, [name.split('/')[0]!]),
    origin: 'published',
    now,
  });
  if (tools) {
    await db().$transaction((tx) =>
      storeStaticScan(tx, {
        versionId: published.versionId,
        manifest: manifest as never,
        definitions: tools,
        reason: 'test',
        now,
      }),
    );
  }
  return published;
}
