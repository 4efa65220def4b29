import fs from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes what `npm test` sums up: how many tests passed and failed, and which were skipped why. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.HALLMARK_TEST_REPORT;
    if (!file) return;
    const counts = { passed: 0, failed: errors.length, skipped: [] as { test: string; reason: string }[] };
    for (const module of modules) {
      // A file that cannot be loaded has errors and no tests; so has a hook that failed.
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') counts.failed += 1;
        else counts.skipped.push({ test: `${module.relativeModuleId}: ${test.fullName}`, reason: reasonOf(result) });
      }
    }
    fs.writeFileSync(file, JSON.stringify(counts));
  }
}

const reasonOf = (result: object) => ('note' in result && typeof result.note === 'string' ? result.note : '');
