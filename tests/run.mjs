// `npm test`: type check, lint, every test, then one line `N passed, N failed, N skipped`. Skipped tests say why.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const projectDir = path.resolve(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const bin = (name, file) => path.join(path.dirname(require.resolve(`${name}/package.json`)), file);
const only = process.argv.slice(2);
const counts = { passed: 0, failed: 0, skipped: 0 };

function step(title, args) {
  process.stdout.write(`\n=== ${title}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: projectDir, stdio: 'inherit' });
  if (status === 0) counts.passed += 1;
  else counts.failed += 1;
}

if (only.length === 0) {
  // Next writes types of its routes here; the type check wants them to exist.
  step('type check', [bin('typescript', 'bin/tsc'), '--noEmit', '-p', '.']);
  step('lint', [bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings']);
}

const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-report-')), 'report.json');
process.stdout.write('\n=== tests\n');
const vitest = spawnSync(
  process.execPath,
  [bin('vitest', 'vitest.mjs'), 'run', ...only, '--reporter=default', '--reporter=./tests/counting-reporter.ts'],
  { cwd: projectDir, stdio: 'inherit', env: { ...process.env, HALLMARK_TEST_REPORT: report } },
);
/** Reason to the tests that were skipped for it. */
const skipped = new Map();
try {
  const tests = JSON.parse(fs.readFileSync(report, 'utf8'));
  counts.passed += tests.passed;
  counts.failed += tests.failed;
  counts.skipped += tests.skipped.length;
  for (const { test, reason } of tests.skipped) skipped.set(reason, [...(skipped.get(reason) ?? []), test]);
} catch (error) {
  process.stdout.write(`The report of the tests cannot be read: ${error.message}\n`);
  counts.failed += 1;
}
if (vitest.status !== 0 && counts.failed === 0) counts.failed += 1;
fs.rmSync(path.dirname(report), { recursive: true, force: true });

for (const [reason, tests] of skipped) {
  process.stdout.write(`\nSkipped ${tests.length}: ${reason || tests[0]}\n`);
  for (const test of tests.slice(0, 3)) process.stdout.write(`  - ${test}\n`);
  if (tests.length > 3) process.stdout.write(`  - and ${tests.length - 3} more\n`);
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(counts.failed > 0 ? 1 : 0);
