import { describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { dryRunNotes } from '#lib/orgs/policy/dry-run.ts';
import { getDryRun, startDryRun, workDryRuns } from '#lib/orgs/policy/dry-runs.ts';
import { savePolicy } from '#lib/orgs/policy/save-policy.ts';
import { createUser, publishTestVersion, testInstance, toolsOf, viewerOf } from '#tests/instance.ts';

testInstance();

const at = (days: number) => new Date(Date.UTC(2026, 5, 1, 12) + days * 86_400_000);
const inNamespace = (id: string, namespace: string, effect = 'permit') =>
  `@id("${id}") ${effect} (principal, action, resource) when { resource.namespace == "${namespace}" };\n`;

async function orgOf(slug: string): Promise<{ orgId: string; slug: string; viewer: Viewer }> {
  const user = await createUser(`Owner-${slug}`);
  const { id } = await createOrg({ viewer: user, slug, displayName: slug, now: at(0) });
  return { orgId: id, slug, viewer: await viewerOf(user.id) };
}

describe('a dry run', () => {
  it('says what a draft would do to the catalog and to what is approved, and changes nothing', async () => {
    const org = await orgOf('dry');
    const asked = { viewer: org.viewer, orgSlug: org.slug };
    for (const name of ['org.one/files', 'org.two/files', 'org.three/files', 'org.four/files'])
      await publishTestVersion(name, '1.0.0', { tools: toolsOf('read'), now: at(0) });
    await publishTestVersion('org.one/files', '1.1.0', { tools: toolsOf('read'), now: at(5) });
    await approveVersion({
      ...asked,
      serverName: 'org.three/files',
      version: '1.0.0',
      toolPolicy: { default: 'allow', rules: {} },
      reason: 'x',
      now: at(1),
    });
    const draft = {
      mode: 'suggest' as const,
      templates: [],
      coolDownDays: 0,
      toolPolicy: { default: 'allow' as const, rules: {} },
      scope: 'requested' as const,
    };
    await savePolicy({
      ...asked,
      draft: { ...draft, cedar: inNamespace('two', 'org.two') + inNamespace('three', 'org.three') },
      note: 'x',
      basedOn: 0,
      now: at(2),
    });
    const before = await db().policyDecision.count();

    const cedar =
      inNamespace('one', 'org.one') + inNamespace('three', 'org.three', 'forbid') + inNamespace('nobody', 'org.nobody');
    const id = await startDryRun({ ...asked, cedar, coolDownDays: 3, now: at(6) });
    expect(await getDryRun({ ...asked, id })).toMatchObject({ state: 'waiting', comparedWith: 1, result: null });
    expect(await workDryRuns({ now: () => at(6) })).toBe(1);
    const { state, result, done, total } = await getDryRun({ ...asked, id });
    expect([state, done, total]).toEqual(['done', 6, 6]);
    expect(result).toMatchObject({
      catalog: {
        versions: 5,
        approve: 2,
        deny: 1,
        review: 2,
        errors: 0,
        newlyApproved: 2,
        newlyDenied: 1,
        newlyReviewed: 1,
        cooling: 1,
      },
      entries: { versions: 1, approve: 0, deny: 1, review: 0 },
      falling: [
        { serverName: 'org.three/files', version: '1.0.0', before: 'approve', after: 'deny', source: 'manual' },
      ],
      decided: [
        { id: 'one', effect: 'permit', versions: 2 },
        { id: 'three', effect: 'forbid', versions: 1 },
        { id: 'nobody', effect: 'permit', versions: 0 },
      ],
      isCut: false,
    });
    expect(result!.samples.newlyApproved.map(({ version }) => version).sort()).toEqual(['1.0.0', '1.1.0']);
    expect(dryRunNotes(result!)).toEqual([expect.stringContaining('"nobody" approves none of 5 versions')]);
    expect(await db().policyDecision.count()).toBe(before);
    expect(await db().allowlistVersion.count({ where: { entry: { orgId: org.orgId }, state: 'approved' } })).toBe(1);
  });

  it('says where a draft cannot be evaluated', async () => {
    const org = await orgOf('dry-errors');
    const asked = { viewer: org.viewer, orgSlug: org.slug };
    const cedar =
      '@id("o") forbid (principal, action, resource) when { (resource.ageDays + 2) * 9223372036854775807 > 1 };';
    const id = await startDryRun({ ...asked, cedar, coolDownDays: 0, now: at(7) });
    await workDryRuns({ now: () => at(7) });
    const { result } = await getDryRun({ ...asked, id });
    expect(result!.catalog.errors).toBe(result!.catalog.versions);
    expect(result!.catalog.review).toBe(result!.catalog.versions);
    expect(dryRunNotes(result!).at(-1)).toContain('cannot be evaluated');
  });

  it('gives way to a newer one, and belongs to its organization', async () => {
    const org = await orgOf('dry-two');
    const asked = { viewer: org.viewer, orgSlug: org.slug };
    const first = await startDryRun({ ...asked, cedar: '', coolDownDays: 0, now: at(8) });
    const second = await startDryRun({ ...asked, cedar: '', coolDownDays: 0, now: at(9) });
    expect(await workDryRuns({ now: () => at(9) })).toBe(1);
    expect((await getDryRun({ ...asked, id: first })).state).toBe('failed');
    expect((await getDryRun({ ...asked, id: second })).state).toBe('done');
    const other = await orgOf('dry-other');
    await expect(getDryRun({ viewer: other.viewer, orgSlug: 'dry-other', id: second })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(getDryRun({ viewer: other.viewer, orgSlug: 'dry-two', id: second })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('of a worker that is gone is taken up by another one; one that is at work is left alone', async () => {
    const org = await orgOf('dry-lost');
    const asked = { viewer: org.viewer, orgSlug: org.slug };
    const id = await startDryRun({ ...asked, cedar: '', coolDownDays: 0, now: at(10) });
    await db().policyDryRun.update({ where: { id }, data: { state: 'running', heartbeatAt: at(10) } });
    expect(await workDryRuns({ now: () => at(10) })).toBe(0);
    expect(await workDryRuns({ now: () => at(10.01) })).toBe(1);
    expect((await getDryRun({ ...asked, id })).state).toBe('done');
  });

  it('ends when its time is over, and says so', async () => {
    const org = await orgOf('dry-cut');
    const asked = { viewer: org.viewer, orgSlug: org.slug };
    const id = await startDryRun({ ...asked, cedar: inNamespace('one', 'org.one'), coolDownDays: 0, now: at(11) });
    await workDryRuns({ now: () => at(11), maxMs: -1 });
    const { result } = await getDryRun({ ...asked, id });
    expect(result!.isCut).toBe(true);
    expect(dryRunNotes(result!)[0]).toContain('The time was over');
  });

  it('is refused for a text that is not valid', async () => {
    const org = await orgOf('dry-invalid');
    const started = startDryRun({ viewer: org.viewer, orgSlug: org.slug, cedar: 'permit (', coolDownDays: 0 });
    await expect(started).rejects.toMatchObject({ code: 'POLICY_INVALID' });
  });
});
