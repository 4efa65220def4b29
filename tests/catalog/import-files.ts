import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { importFile } from '#lib/catalog/import/import-file.ts';
import { db } from '#lib/db/db.ts';
import { manifestOf } from '../instance.ts';

export const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-import-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

export const file = (name: string, content: string | Uint8Array) => {
  const target = path.join(dir, name);
  fs.writeFileSync(target, content);
  return target;
};
export const line = (name: string, extra: object = {}) =>
  JSON.stringify({
    server: manifestOf(name, '1.0.0'),
    source: 'elsewhere',
    license: 'MIT',
    category: 'data',
    ...extra,
  });

export async function run(target: string, signal?: AbortSignal) {
  const skipped: { line: number; reason: string }[] = [];
  const report = await importFile({ file: target, onSkip: (line) => skipped.push(line), onProgress: () => {}, signal });
  return { report, skipped };
}

export const OFFICIAL = 'io.modelcontextprotocol.registry/official';
export const entry = (name: string, official?: object) => ({
  server: manifestOf(name, '1.0.0'),
  ...(official ? { _meta: { [OFFICIAL]: official } } : {}),
});
export const page = (...names: string[]) => ({
  servers: names.map((name) => entry(name, { status: 'active' })),
  metadata: { count: names.length },
});
export const compact = (value: object) => JSON.stringify(value);
export const printed = (value: object) => JSON.stringify(value, null, 2);
export const namesUnder = async (namespace: string) =>
  (await db().server.findMany({ where: { namespace }, orderBy: { name: 'asc' } })).map(({ name }) => name);
