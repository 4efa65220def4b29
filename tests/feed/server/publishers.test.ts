import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { db } from '#lib/db/db.ts';
import { pullFeed } from '#lib/feed/client/index.ts';
import { testInstance } from '../../instance.ts';
import { serve, serverFeed } from '../support/server-feed.ts';
import { tempDir } from '../support/temp-dir.ts';

testInstance();

const PROCESSES = 3;
const TIMES = 4;

test('several processes that publish at once give out each serial once, and what is served verifies', async () => {
  await serve();
  const feed = await serverFeed();
  const script = path.join(import.meta.dirname, '../support/publisher.ts');
  const run = () => promisify(execFile)(process.execPath, [script, feed.orgId, String(TIMES)], { env: process.env });
  const outputs = await Promise.all(Array.from({ length: PROCESSES }, run));
  const serials = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as number[]);
  const expected = Array.from({ length: PROCESSES * TIMES }, (_, i) => i + 2);
  expect(serials.sort((a, b) => a - b)).toEqual(expected);
  const rows = await db().feedPublication.findMany({ where: { orgId: feed.orgId }, orderBy: { serial: 'asc' } });
  expect(rows.map(({ serial }) => serial)).toEqual([1, ...expected]);
  expect(new Set(rows.map(({ targetsVersion }) => targetsVersion)).size).toBe(rows.length);
  const { head } = await pullFeed({ trust: await feed.trust(), stateDir: await tempDir() });
  expect(head.serial).toBe(PROCESSES * TIMES + 1);
}, 60_000);
