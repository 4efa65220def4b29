import { expect, test } from 'vitest';
import { ofText } from '#scanners/example-snapshots.ts';
import { severityRank } from '#scanners/order.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Severity } from '#scanners/types.ts';
import { HONEST, POISONED } from './phrasings.ts';

const accusations = (description: string, name: string, from: Severity) =>
  scanSnapshot(ofText(description, name)).findings.filter(
    (finding) => finding.class === 'accusation' && severityRank(finding.severity) >= severityRank(from),
  );

test.each(POISONED)('found: %s', (description) => {
  expect(accusations(description, 'lookup', 'medium')).not.toEqual([]);
});

test.each(HONEST)('left alone: %s, %s', (name, description) => {
  expect(accusations(description, name, 'low')).toEqual([]);
});
