import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '#lib/config/config.ts';
import { prepareDataDir } from '#lib/config/data-dir.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-data-dir-'));
  fs.writeFileSync(path.join(folder, 'file'), '');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it('makes what is missing, for this user only, and leaves nothing in it', () => {
  const dataDir = path.join(folder, 'a', 'b');
  prepareDataDir(dataDir);
  prepareDataDir(dataDir);
  expect(fs.readdirSync(dataDir)).toEqual([]);
  expect(fs.statSync(dataDir).mode & 0o077).toBe(0);
});

it.each([
  ['a file', () => path.join(folder, 'file')],
  ['a folder below a file', () => path.join(folder, 'file', 'a', 'b')],
])('refuses %s', (_, dataDir) => {
  expect(() => prepareDataDir(dataDir())).toThrow(ConfigError);
  expect(() => prepareDataDir(dataDir())).toThrow(
    /^HALLMARK_DATA_DIR names .*file.*, which cannot be used: .*not a folder/,
  );
});

it.skipIf(process.platform !== 'linux').each(['/proc/x', '/proc/self'])(
  'refuses %s, which takes no files',
  (dataDir) => {
    expect(() => prepareDataDir(dataDir)).toThrow(/^HALLMARK_DATA_DIR names \/proc\/\w+, which cannot be used: /);
  },
);

it.skipIf(process.getuid?.() === 0)('refuses a folder that may not be written', () => {
  fs.chmodSync(folder, 0o500);
  expect(() => prepareDataDir(folder)).toThrow(/this user may not write/);
});
