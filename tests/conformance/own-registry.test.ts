import { describe, expect, it } from 'vitest';
import { CONFORMANCE_CASES, runConformance, textReport } from '#lib/conformance/index.ts';
import { db } from '#lib/db/db.ts';
import { servedInstance, WRITE_NAMESPACE } from './support/served-instance.ts';

const instance = servedInstance();

describe('our own registry', () => {
  it('passes every case, none skipped, and keeps nothing of what was written', async () => {
    const seen: string[] = [];
    const report = await runConformance({ ...instance, onCase: ({ id }) => seen.push(id) });
    expect(
      report.results.filter(({ outcome }) => outcome !== 'passed'),
      textReport(report),
    ).toEqual([]);
    expect(seen).toEqual(CONFORMANCE_CASES.map(({ id }) => id));
    expect(report.leftovers).toEqual([]);
    const written = await db().version.findMany({ where: { serverName: { startsWith: `${WRITE_NAMESPACE}/` } } });
    expect(written.length).toBeGreaterThan(20);
    expect(written.filter(({ status }) => status !== 'deleted')).toEqual([]);
  });

  it('passes every case that reads without any token', async () => {
    const { results } = await runConformance({ baseUrl: `${instance.baseUrl}/` });
    const ended = Object.groupBy(results, ({ outcome }) => outcome);
    expect(ended.failed).toBeUndefined();
    expect(ended.skipped?.map(({ id }) => id)).toEqual(
      CONFORMANCE_CASES.filter(({ needs }) => needs).map(({ id }) => id),
    );
  });
});
