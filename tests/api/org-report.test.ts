import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { orgReportResponse } from '#lib/http/orgs/handle-org-report.ts';
import { issueViewToken } from '#lib/orgs/view-tokens.ts';
import { answerFinding, decideFinding } from '#lib/scans/answers/index.ts';
import type { Finding } from '#scanners/types.ts';
import { createUser, publishTestVersion, toolsOf, viewerOf } from '../instance.ts';
import { currentScan, POISON, toolsSaying } from '../scans/rescan/stored.ts';
import { servedOrgs } from './support/served-orgs.ts';

const served = servedOrgs();
const SERVER = 'org.reported/notes';
const path = (org: string, server = SERVER, version = '1.0.0') =>
  `/api/v1/orgs/${org}/servers/${encodeURIComponent(server)}/versions/${version}/report`;
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const get = (address: string, init: RequestInit = {}) =>
  fetch(`${served.origin}${address}`, { redirect: 'manual', ...init });

let finding: Finding;
const REASON = 'Read by nobody but us.';

beforeAll(async () => {
  const { versionId } = await publishTestVersion(SERVER, '1.0.0', { tools: toolsSaying('forecast', POISON) });
  await publishTestVersion('org.reported/other', '1.0.0', { tools: toolsOf('read') });
  finding = ((await currentScan(versionId)).findings as unknown as Finding[])[0]!;
  await answerFinding({
    viewer: served.owner,
    as: { party: 'organization', orgSlug: 'acme' },
    serverName: SERVER,
    version: '1.0.0',
    fingerprint: finding.fingerprint,
    answer: 'accepted',
    reason: REASON,
  });
});

type Sarif = { runs: { results: { ruleId: string; suppressions?: { status: string; justification: string }[] }[] }[] };

const suppressionsIn = async (answer: Response) =>
  ((await answer.json()) as Sarif).runs[0]!.results.flatMap(({ suppressions = [] }) => suppressions);

describe('the report of an organization', () => {
  it.each([
    ['json', 'application/json'],
    ['sarif', 'application/sarif+json'],
    ['markdown', 'text/markdown; charset=utf-8'],
  ])('as %s has what it answered, for its view and gateway tokens', async (format, contentType) => {
    for (const token of [served.acme.viewToken, served.acme.gatewayToken]) {
      const answer = await get(`${path('acme')}?format=${format}`, bearer(token));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect(answer.headers.get('vary')).toContain('Authorization');
      expect(await answer.text()).toContain(REASON);
    }
  });

  it('counts what it accepted as suppressed; another one, and the public report, do not know of it', async () => {
    const own = await get(`${path('acme')}?format=sarif`, bearer(served.acme.viewToken));
    expect(await suppressionsIn(own)).toEqual([
      expect.objectContaining({ status: 'accepted', justification: expect.stringContaining(REASON) }),
    ]);
    const others = [
      await get(`${path('other')}?format=sarif`, bearer(served.other.viewToken)),
      await get(`/api/v1/servers/${encodeURIComponent(SERVER)}/versions/1.0.0/report?format=sarif`),
    ];
    for (const answer of others) {
      const text = await answer.text();
      expect(answer.status).toBe(200);
      expect(text).not.toContain(REASON);
    }
  });

  it('says under review once the acceptance has ended', async () => {
    await db().findingAnswer.updateMany({ where: { reason: REASON }, data: { expiresAt: new Date('2026-01-01') } });
    const answer = await get(`${path('acme')}?format=sarif`, bearer(served.acme.viewToken));
    expect(await suppressionsIn(answer)).toEqual([expect.objectContaining({ status: 'underReview' })]);
    await db().findingAnswer.updateMany({ where: { reason: REASON }, data: { expiresAt: null } });
  });

  it('names an admin who withdrew the finding rather than the organization', async () => {
    const request = new Request(`${served.origin}${path('acme')}?format=sarif`);
    const ask = () => orgReportResponse({ request, org: served.acme, serverName: SERVER, version: 'latest' });
    const admin = await createUser('Ada', { isInstanceAdmin: true });
    const decide = (decision: 'withdrawn' | 'cleared', reason: string) =>
      decideFinding({
        viewer: admin,
        serverName: SERVER,
        version: '1.0.0',
        fingerprint: finding.fingerprint,
        decision,
        reason,
      });
    await decide('withdrawn', 'A quotation.');
    expect(await suppressionsIn(await ask())).toEqual([
      expect.objectContaining({ status: 'accepted', justification: expect.stringContaining('A quotation.') }),
    ]);
    await decide('cleared', 'again');
  });

  it('is read with a token of it, and by nobody else', async () => {
    const { acme, other, owner } = served;
    const team = await db().team.create({ data: { orgId: acme.id, slug: 'desk', displayName: 'Desk' } });
    const forTeam = await issueViewToken({
      viewer: await viewerOf(owner.id),
      ...{ orgSlug: 'acme', name: 'desk', expiresInDays: 1, teamSlug: team.slug },
    });
    const attempts: [number, string, RequestInit?][] = [
      [401, path('acme')],
      [401, path('none')],
      [401, path('acme'), bearer('hmk_view_x')],
      [404, path('acme'), bearer(other.viewToken)],
      [404, path('acme'), bearer(other.gatewayToken)],
      [404, path('none'), bearer(acme.viewToken)],
      [404, path(acme.id), bearer(acme.viewToken)],
      [404, path('acme'), bearer(forTeam.token)],
      [404, path('acme', 'org.reported/nothing'), bearer(acme.viewToken)],
      [404, path('acme', SERVER, '9.9.9'), bearer(acme.viewToken)],
      [404, `/api/v1/orgs/acme/k/${acme.viewKey}/servers/x/versions/1/report`],
      [400, `${path('acme')}?format=constructor`, bearer(acme.viewToken)],
      [400, `/api/v1/orgs/acme/servers/%zz/versions/1.0.0/report`, bearer(acme.viewToken)],
      [405, path('acme'), { method: 'POST', ...bearer(acme.viewToken) }],
    ];
    for (const [status, address, init] of attempts) {
      const answer = await get(address, init);
      expect([address, answer.status]).toEqual([address, status]);
      expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
      expect(await answer.text()).not.toContain(REASON);
    }
  });

  it('with a session is left to the console', async () => {
    const answer = await get(path('acme'), { headers: { cookie: 'session=x' } });
    expect(await answer.text()).toContain('a page for');
    const withToken = await get(path('acme'), {
      headers: { cookie: 'session=x', ...bearer(served.other.viewToken).headers },
    });
    expect(withToken.status).toBe(404);
  });
});
