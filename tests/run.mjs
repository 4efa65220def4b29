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
  [bin('vitest', 'vitest.mjs'), 'run', ...only, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  {
    cwd: projectDir,
    stdio: 'inherit',
  },
);
const skipped = [];
try {
  for (const file of JSON.parse(fs.readFileSync(report, 'utf8')).testResults) {
    // A file that cannot be loaded has no tests of its own.
    if (file.status === 'failed' && file.assertionResults.length === 0) counts.failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else {
        counts.skipped += 1;
        const reason = test.meta?.skipReason ?? test.failureMessages?.[0] ?? '';
        skipped.push(`${path.relative(projectDir, file.name)}: ${test.fullName}${reason ? `: ${reason}` : ''}`);
      }
    }
  }
} catch (error) {
  process.stdout.write(`The report of the tests cannot be read: ${error.message}\n`);
  counts.failed += 1;
}
if (vitest.status !== 0 && counts.failed === 0) counts.failed += 1;
fs.rmSync(path.dirname(report), { recursive: true, force: true });

if (skipped.length > 0) process.stdout.write(`\nSkipped:\n${skipped.map((line) => `  - ${line}`).join('\n')}\n`);
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(counts.failed > 0 ? 1 : 0);
