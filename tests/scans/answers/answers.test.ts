import { beforeAll, describe, expect, it } from 'vitest';
import { findBreak } from '#lib/audit/chain.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { db } from '#lib/db/db.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { answerFinding, decideFinding, getAnswers, listDisputes } from '#lib/scans/answers/index.ts';
import type { Answer } from '#lib/scans/answers/types.ts';
import { AT_ONCE, runRescan } from '#lib/scans/rescan/index.ts';
import type { Finding } from '#scanners/types.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '#tests/instance.ts';
import { age, POISON, toolsSaying } from '#tests/scans/rescan/stored.ts';
import { accusationsOf, accusedPublisher, findingsOf, memberOf, orgWithOwner } from './parties.ts';

testInstance();

let admin: Viewer;
beforeAll(async () => {
  admin = await createUser('Admin', { isInstanceAdmin: true });
});

const chain = (id: string, kind: string) =>
  db().auditEvent.findMany({ where: { chain: id, kind }, orderBy: { seq: 'asc' } });
const answersOf = async (serverName: string, finding: Finding, viewer: Viewer | null = null) =>
  (await getAnswers({ serverName, viewer })).get(finding.fingerprint);

describe('a publisher', () => {
  it('disputes an accusation: said in public with the reason, in the audit log, and nothing else changes', async () => {
    const { owner, serverName, version } = await accusedPublisher('disputes');
    const [finding] = await accusationsOf(serverName);
    const before = await getServerPage({ name: serverName });
    await answerFinding({
      viewer: owner,
      as: { party: 'publisher' },
      serverName,
      version,
      fingerprint: finding!.fingerprint,
      answer: 'disputed',
      reason: ' Quoted from a paper. ',
    });
    expect(await answersOf(serverName, finding!)).toMatchObject({
      publisher: { kind: 'disputed', reason: 'Quoted from a paper.', by: 'Publisher disputes', version: '1.0.0' },
      admin: null,
      orgs: [],
      earlier: [],
      isWithdrawn: false,
      isDisputed: true,
    });
    const after = await getServerPage({ name: serverName });
    expect(after?.marks.scan).toEqual(before?.marks.scan);
    expect(after?.scan?.findings).toEqual(before?.scan?.findings);
    const [event] = await chain('instance', 'finding.answered');
    expect(event).toMatchObject({
      actor: { id: owner.id },
      subject: { server: serverName, fingerprint: finding!.fingerprint },
      data: { answer: 'disputed', from: null, reason: 'Quoted from a paper.', rule: finding!.ruleId },
    });
    expect((await listDisputes(admin)).find((dispute) => dispute.serverName === serverName)).toMatchObject({
      by: 'Publisher disputes',
      isCurrent: true,
    });
  });

  it('keeps what it said before as history, newest first, also what it took back', async () => {
    const { owner, serverName, version } = await accusedPublisher('history');
    const [finding] = await accusationsOf(serverName);
    const say = (answer: Answer, reason: string, second: number) =>
      answerFinding({
        viewer: owner,
        as: { party: 'publisher' },
        serverName,
        version,
        fingerprint: finding!.fingerprint,
        answer,
        reason,
        now: new Date(Date.UTC(2026, 10, 1, 0, 0, second)),
      });
    await say('disputed', 'one', 1);
    await say('fixed', 'two', 2);
    await say('cleared', 'three', 3);
    expect(await answersOf(serverName, finding!)).toMatchObject({
      publisher: null,
      earlier: [{ reason: 'three' }, { reason: 'two' }, { reason: 'one' }],
    });
  });

  it('answers for every version that has the finding, and for later ones too', async () => {
    const { owner, serverName, version } = await accusedPublisher('versions');
    const [finding] = await accusationsOf(serverName);
    await answerFinding({
      viewer: owner,
      as: { party: 'publisher' },
      serverName,
      version,
      fingerprint: finding!.fingerprint,
      answer: 'accepted',
      reason: 'known',
    });
    await publishTestVersion(serverName, '1.1.0', { tools: toolsSaying('forecast', POISON) });
    const later = (await accusationsOf(serverName, '1.1.0')).map(({ fingerprint }) => fingerprint);
    expect(later).toContain(finding!.fingerprint);
    expect((await answersOf(serverName, finding!))?.publisher?.kind).toBe('accepted');
  });

  it('an acceptance with an end is over after it', async () => {
    const { owner, serverName, version } = await accusedPublisher('expires');
    const [finding] = await accusationsOf(serverName);
    const now = new Date('2026-11-01T00:00:00Z');
    await answerFinding({
      viewer: owner,
      as: { party: 'publisher' },
      serverName,
      version,
      fingerprint: finding!.fingerprint,
      answer: 'accepted',
      reason: 'until the rewrite',
      expiresAt: new Date('2026-12-01T00:00:00Z'),
      now,
    });
    const at = async (time: string) =>
      (await getAnswers({ serverName, viewer: null, now: new Date(time) })).get(finding!.fingerprint)?.publisher;
    expect(await at('2026-11-30T00:00:00Z')).toMatchObject({ isExpired: false });
    expect(await at('2026-12-01T00:00:00Z')).toMatchObject({ isExpired: true });
  });
});

describe('refused', () => {
  let accused: Awaited<ReturnType<typeof accusedPublisher>>;
  let finding: Finding;
  let org: Awaited<ReturnType<typeof orgWithOwner>>;
  beforeAll(async () => {
    accused = await accusedPublisher('refusals');
    finding = (await accusationsOf(accused.serverName))[0]!;
    org = await orgWithOwner('refusing');
  });
  const say = (over: Partial<Parameters<typeof answerFinding>[0]> = {}) =>
    answerFinding({
      viewer: accused.owner,
      as: { party: 'publisher' },
      serverName: accused.serverName,
      version: accused.version,
      fingerprint: finding.fingerprint,
      answer: 'disputed',
      reason: 'No.',
      ...over,
    });

  it.each<[string, () => Promise<unknown>, string]>([
    ['somebody without any role', async () => say({ viewer: await createUser('Nobody') }), 'FORBIDDEN'],
    ['an instance admin in the place of the publisher', () => say({ viewer: admin }), 'FORBIDDEN'],
    [
      'the owner of another publisher',
      async () => say({ viewer: (await accusedPublisher('strangers')).owner }),
      'FORBIDDEN',
    ],
    [
      'an organization that the viewer is not in',
      () => say({ as: { party: 'organization', orgSlug: 'refusing' } }),
      'NOT_FOUND',
    ],
    [
      'a requester of the organization',
      async () =>
        say({
          viewer: await memberOf({ orgId: org.orgId, role: 'requester' }),
          as: { party: 'organization', orgSlug: 'refusing' },
        }),
      'FORBIDDEN',
    ],
    [
      'an auditor of the organization',
      async () =>
        say({
          viewer: await memberOf({ orgId: org.orgId, role: 'auditor' }),
          as: { party: 'organization', orgSlug: 'refusing' },
        }),
      'FORBIDDEN',
    ],
    ['a fingerprint that the scan does not have', () => say({ fingerprint: 'f'.repeat(64) }), 'NOT_FOUND'],
    ['a version that there is not', () => say({ version: '9.9.9' }), 'NOT_FOUND'],
    ['no reason', () => say({ reason: ' \n ' }), 'UNPROCESSABLE'],
    ['a reason that is too long', () => say({ reason: 'x'.repeat(1001) }), 'UNPROCESSABLE'],
    ['a reason with U+0000', () => say({ reason: 'a\0b' }), 'UNPROCESSABLE'],
    ['a reason with half a character', () => say({ reason: 'a\ud800b' }), 'UNPROCESSABLE'],
    ['a dispute with an end', () => say({ expiresAt: new Date(Date.now() + 86_400_000) }), 'UNPROCESSABLE'],
    ['an acceptance that is over already', () => say({ answer: 'accepted', expiresAt: new Date(0) }), 'UNPROCESSABLE'],
    [
      'an acceptance for ten years',
      () => say({ answer: 'accepted', expiresAt: new Date(Date.now() + 3650 * 86_400_000) }),
      'UNPROCESSABLE',
    ],
    [
      'an acceptance until no date',
      () => say({ answer: 'accepted', expiresAt: new Date(Number.NaN) }),
      'UNPROCESSABLE',
    ],
    ['taking back what was not said', () => say({ answer: 'cleared' }), 'NOT_FOUND'],
    [
      'a decision by somebody who is no admin',
      () =>
        decideFinding({
          viewer: accused.owner,
          serverName: accused.serverName,
          version: accused.version,
          fingerprint: finding.fingerprint,
          decision: 'withdrawn',
          reason: 'mine',
        }),
      'FORBIDDEN',
    ],
    ['the list of disputes to somebody who is no admin', () => listDisputes(accused.owner), 'FORBIDDEN'],
  ])('%s', async (_, attempt, code) => {
    await expect(attempt()).rejects.toMatchObject({ code });
    expect(await db().findingAnswer.count({ where: { server: { name: accused.serverName } } })).toBe(0);
  });

  it('the same answer twice, and the publisher that gave the namespace away', async () => {
    const { owner, publisherId, serverName, version } = await accusedPublisher('leaves');
    const [{ fingerprint }] = (await accusationsOf(serverName)) as [Finding];
    const answer = () => say({ viewer: owner, serverName, version, fingerprint });
    await answer();
    await expect(answer()).rejects.toMatchObject({ code: 'STATUS_UNCHANGED' });
    const { publisherId: other } = await accusedPublisher('receives');
    await db().namespace.updateMany({ where: { publisherId }, data: { publisherId: other } });
    await expect(say({ viewer: owner, serverName, version, fingerprint, reason: 'again' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('a dispute of a capability, which does not count', async () => {
    const { owner, serverName, version } = await accusedPublisher('capable');
    const scan = await db().scan.findFirstOrThrow({ where: { currentOf: { serverName } } });
    const findings = [{ ...(await accusationsOf(serverName))[0]!, class: 'capability', fingerprint: 'c'.repeat(64) }];
    await db().scan.update({ where: { id: scan.id }, data: { findings: findings as never } });
    const dispute = { viewer: owner, serverName, version, fingerprint: 'c'.repeat(64) };
    await expect(say(dispute)).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    await expect(
      decideFinding({ ...dispute, viewer: admin, decision: 'withdrawn', reason: 'no' }),
    ).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
  });
});

describe('an organization', () => {
  it('answers for itself alone: its members see it, its chain has it, the public does not', async () => {
    const { serverName, version } = await accusedPublisher('private');
    const org = await orgWithOwner('private-org');
    const reviewer = await memberOf({ orgId: org.orgId, role: 'reviewer' });
    const [finding] = await accusationsOf(serverName);
    await answerFinding({
      viewer: reviewer,
      as: { party: 'organization', orgSlug: org.orgSlug },
      serverName,
      version,
      fingerprint: finding!.fingerprint,
      answer: 'accepted',
      reason: 'only in the test network',
    });
    expect(await answersOf(serverName, finding!)).toBeUndefined();
    expect(await answersOf(serverName, finding!, (await orgWithOwner('other-org')).owner)).toBeUndefined();
    expect(await answersOf(serverName, finding!, await viewerOf(org.owner.id))).toMatchObject({
      orgs: [{ kind: 'accepted', by: 'Org private-org', orgSlug: 'private-org' }],
    });
    expect(await chain(org.orgId, 'finding.answered')).toHaveLength(1);
    const instance = await chain('instance', 'finding.answered');
    expect(instance.filter(({ subject }) => (subject as { server: string }).server === serverName)).toEqual([]);
    const events = await db().auditEvent.findMany({ where: { chain: org.orgId }, orderBy: { seq: 'asc' } });
    expect(findBreak(events.map(({ id, ...event }) => ({ ...event, at: event.at.toISOString() })) as never)).toBeNull();
  });
});

describe('an admin', () => {
  async function withdrawAll(serverName: string, decision: 'withdrawn' | 'upheld' | 'cleared' = 'withdrawn') {
    for (const { fingerprint } of await accusationsOf(serverName)) {
      await decideFinding({ viewer: admin, serverName, version: '1.0.0', fingerprint, decision, reason: decision });
    }
  }

  it('withdraws accusations: they stay with the decision and do not count, in any version, card, search or API', async () => {
    const { serverName } = await accusedPublisher('withdrawn');
    await publishTestVersion(serverName, '1.1.0', { tools: toolsSaying('forecast', POISON) });
    const said = await db().scan.findFirstOrThrow({ where: { currentOf: { serverName, version: '1.0.0' } } });
    await withdrawAll(serverName);
    const [finding] = await accusationsOf(serverName);
    expect(await answersOf(serverName, finding!)).toMatchObject({
      admin: { kind: 'withdrawn', by: 'Admin', reason: 'withdrawn' },
      isWithdrawn: true,
      isDisputed: false,
    });
    for (const version of ['1.0.0', '1.1.0']) {
      const page = await getServerPage({ name: serverName, version });
      expect(page?.scan?.findings.map(({ fingerprint }) => fingerprint)).toContain(finding!.fingerprint);
      expect(page?.scan?.withdrawn).toContain(finding!.fingerprint);
      expect(page?.marks.scan.accusations).toBe(0);
      expect(page?.scan?.grade).toBe(said.grade);
      expect(page?.scan?.activeGrade).toBe(page?.marks.scan.grade);
      expect(page!.marks.scan.grade! < said.grade!).toBe(true);
    }
    const page = await getServerPage({ name: serverName });
    const document = await db().searchDocument.findFirstOrThrow({ where: { server: { name: serverName } } });
    expect(document.facets).toMatchObject({ grade: page!.marks.scan.grade });
    expect(await db().scan.findUniqueOrThrow({ where: { id: said.id } })).toMatchObject({
      grade: said.grade,
      accusations: said.accusations,
    });
  });

  it('a later scan does not bring back what was withdrawn', async () => {
    const { serverName } = await accusedPublisher('rescanned');
    await withdrawAll(serverName);
    const grade = (await getServerPage({ name: serverName }))!.marks.scan.grade;
    const { id } = await db().version.findFirstOrThrow({ where: { serverName } });
    await age(id);
    expect((await runRescan({ signal: new AbortController().signal, pace: AT_ONCE })).state).toBe('finished');
    expect((await getServerPage({ name: serverName }))!.marks.scan).toMatchObject({ grade, accusations: 0 });
    const accused = await chain('instance', 'scan.accused');
    expect(accused.filter(({ subject }) => (subject as { server: string }).server === serverName)).toEqual([]);
  });

  it('takes the decision back: everything counts again', async () => {
    const { serverName } = await accusedPublisher('taken-back');
    const before = (await getServerPage({ name: serverName }))!.marks.scan;
    await withdrawAll(serverName);
    await withdrawAll(serverName, 'cleared');
    expect((await getServerPage({ name: serverName }))!.marks.scan).toMatchObject({
      grade: before.grade,
      accusations: before.accusations,
    });
  });

  it('upholds a dispute: it is decided until the publisher disputes again', async () => {
    const { owner, serverName, version } = await accusedPublisher('upheld');
    const [finding] = await accusationsOf(serverName);
    const dispute = (reason: string) =>
      answerFinding({
        viewer: owner,
        as: { party: 'publisher' },
        serverName,
        version,
        fingerprint: finding!.fingerprint,
        answer: 'disputed',
        reason,
      });
    const isListed = async () => (await listDisputes(admin)).some((open) => open.serverName === serverName);
    await dispute('no');
    expect(await isListed()).toBe(true);
    await withdrawAll(serverName, 'upheld');
    expect(await isListed()).toBe(false);
    expect(await answersOf(serverName, finding!)).toMatchObject({ isDisputed: false, admin: { kind: 'upheld' } });
    await dispute('really not');
    expect(await isListed()).toBe(true);
  });

  it('a dispute of what was withdrawn is refused', async () => {
    const { owner, serverName, version } = await accusedPublisher('settled');
    await withdrawAll(serverName);
    const [finding] = await accusationsOf(serverName);
    await expect(
      answerFinding({
        viewer: owner,
        as: { party: 'publisher' },
        serverName,
        version,
        fingerprint: finding!.fingerprint,
        answer: 'disputed',
        reason: 'once more',
      }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('a decision and a scan at the same moment see each other', async () => {
    const { serverName } = await accusedPublisher('at-once');
    const { id } = await db().version.findFirstOrThrow({ where: { serverName } });
    await age(id);
    const findings = (await findingsOf(serverName)).filter((finding) => finding.class === 'accusation');
    await Promise.all([
      runRescan({ signal: new AbortController().signal, pace: AT_ONCE }),
      ...findings.map(({ fingerprint }) =>
        decideFinding({
          viewer: admin,
          serverName,
          version: '1.0.0',
          fingerprint,
          decision: 'withdrawn',
          reason: 'wrong',
        }),
      ),
    ]);
    expect((await getServerPage({ name: serverName }))!.marks.scan.accusations).toBe(0);
  });
});

describe('a version that gets an accusation', () => {
  it('tells the catalog, and the organizations that approved it', async () => {
    const { serverName } = await accusedPublisher('newly');
    const org = await orgWithOwner('newly-org');
    const { orgId: bystander } = await orgWithOwner('bystander');
    const { id } = await db().version.findFirstOrThrow({ where: { serverName } });
    await age(id, { findings: [], grade: 'A', accusations: 0 });
    await approveVersion({
      viewer: org.owner,
      orgSlug: org.orgSlug,
      serverName,
      version: '1.0.0',
      toolPolicy: { default: 'allow', rules: {} },
      reason: 'wanted',
    });
    await runRescan({ signal: new AbortController().signal, pace: AT_ONCE });
    const [told] = await chain(org.orgId, 'allowlist.finding');
    expect(told).toMatchObject({ subject: { server: serverName, version: '1.0.0' } });
    expect((told!.data as { rules: string }).rules).toContain((await accusationsOf(serverName))[0]!.ruleId);
    expect(await chain(bystander, 'allowlist.finding')).toEqual([]);
    const accused = await chain('instance', 'scan.accused');
    expect(accused.at(-1)?.subject).toEqual({ server: serverName, version: '1.0.0' });
  });
});
