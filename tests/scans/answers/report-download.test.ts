import { beforeAll, describe, expect, it } from 'vitest';
import { handleApi } from '#lib/http/api/handle-api.ts';
import { answerFinding, decideFinding } from '#lib/scans/answers/index.ts';
import type { Finding } from '#scanners/types.ts';
import { createUser, publishTestVersion, testInstance } from '#tests/instance.ts';
import { accusationsOf, accusedPublisher } from './parties.ts';

testInstance();

const SERVER = 'org.reports/forecast';
const REASON = 'Wrong <script>alert(1)</script> ](javascript:x) \u202e@everyone';
const path = (name = SERVER, version = '1.0.0') =>
  `/api/v1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}/report`;
const get = async (address: string, init: RequestInit = {}) => {
  const response = await handleApi(new Request(`http://hallmark.test${address}`, init));
  return { status: response!.status, headers: response!.headers, text: await response!.text() };
};

let accusations: Finding[];
beforeAll(async () => {
  const { owner } = await accusedPublisher('reports');
  const admin = await createUser('Judge', { isInstanceAdmin: true });
  accusations = await accusationsOf(SERVER);
  const target = { serverName: SERVER, version: '1.0.0' };
  const [first, second] = accusations as [Finding, Finding];
  await answerFinding({
    ...target,
    viewer: owner,
    as: { party: 'publisher' },
    fingerprint: first.fingerprint,
    answer: 'accepted',
    reason: REASON,
  });
  if (second) {
    await decideFinding({
      ...target,
      viewer: admin,
      fingerprint: second.fingerprint,
      decision: 'withdrawn',
      reason: 'A test server.',
    });
  }
  await publishTestVersion('org.reports/unscanned', '1.0.0');
});

describe('the report of a version, as a file', () => {
  it('JSON: the whole report with who answered what', async () => {
    const { status, headers, text } = await get(path());
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('content-disposition')).toBe('attachment; filename="org.reports-forecast-1.0.0.json"');
    const report = JSON.parse(text);
    const [found] = report.findings.filter((finding: Finding) => finding.fingerprint === accusations[0]!.fingerprint);
    expect(found.answer).toMatchObject({
      answer: 'accepted',
      status: 'underReview',
      by: 'Publisher reports',
      justification: REASON,
    });
    expect(report).toMatchObject({ subject: { name: SERVER, version: '1.0.0' }, activeGrade: expect.any(String) });
  });

  it('SARIF: a publisher does not suppress its own accusation, an admin does', async () => {
    const { headers, text } = await get(`${path()}?format=sarif`);
    expect(headers.get('content-type')).toBe('application/sarif+json');
    const [run] = JSON.parse(text).runs;
    const statusOf = (fingerprint: string) =>
      run.results.find(
        (result: { partialFingerprints: Record<string, string> }) =>
          Object.values(result.partialFingerprints)[0] === fingerprint,
      ).suppressions?.[0]?.status;
    expect(statusOf(accusations[0]!.fingerprint)).toBe('underReview');
    expect(accusations.length).toBeGreaterThan(1);
    expect(statusOf(accusations[1]!.fingerprint)).toBe('accepted');
    expect(run.tool.driver.rules[0].helpUri).toMatch(/^http:\/\/hallmark\.test\/rules\//);
  });

  it('Markdown: what somebody answered is no markup', async () => {
    const { headers, text } = await get(`${path()}?format=markdown`);
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    const line = text.split('\n').find((one) => one.includes('Answered by Publisher reports, accepted'))!;
    expect(line).toContain('\\<script\\>');
    expect(line).not.toContain('\u202e');
    expect(line).not.toMatch(/(^|[^`])@everyone/);
  });

  it('has a strong ETag, and answers 304 to who has it', async () => {
    const { headers } = await get(path());
    const again = await get(path(), { headers: { 'if-none-match': headers.get('etag')! } });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('latest is the version that is listed', async () => {
    expect((await get(path(SERVER, 'latest'))).text).toBe((await get(path())).text);
  });

  it.each([
    ['an unknown format', `${path()}?format=pdf`, {}, 400],
    ['a name of the prototype as format', `${path()}?format=constructor`, {}, 400],
    ['an unknown version', path(SERVER, '9.9.9'), {}, 404],
    ['an unknown server', path('org.reports/none'), {}, 404],
    ['a version without a finished scan', path('org.reports/unscanned'), {}, 404],
    ['broken percent-encoding', '/api/v1/servers/%zz/versions/1.0.0/report', {}, 400],
    ['another method', path(), { method: 'DELETE' }, 405],
  ])('%s', async (_, address, init, status) => {
    expect((await get(address, init)).status).toBe(status);
  });
});
