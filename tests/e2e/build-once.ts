import fs from 'node:fs';
import path from 'node:path';
import { buildApp, isBuilt } from '#cli/build-app.ts';
import { lockFile } from '#lib/db/lock-file.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 300_000;

/** Builds the pages before an instance needs them: of several test files one builds, the others wait for it. */
export async function buildOnce(): Promise<void> {
  const folder = path.join(PROJECT, '.next');
  fs.mkdirSync(folder, { recursive: true });
  const lock = await lockFile({
    file: path.join(folder, 'tests-build.lock'),
    limitMs: LIMIT_MS,
    onTimeout: (holder) => new Error(`process ${holder} has been building the pages for ${LIMIT_MS / 1000} s`),
  });
  try {
    if (!isBuilt(PROJECT)) await buildApp(PROJECT);
  } finally {
    lock.release();
  }
}
