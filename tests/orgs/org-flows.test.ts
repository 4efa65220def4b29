import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { getOrgFlows } from '#lib/orgs/org-flows.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { createUser, manifestOf, publishTestVersion, testInstance, toolsOf, viewerOf } from '../instance.ts';

testInstance();

const slug = 'flows';
let viewer: Viewer;

const approve = (server: string, toolPolicy: ToolPolicy) =>
  approveVersion({ viewer, orgSlug: slug, serverName: server, version: '1.0.0', toolPolicy, reason: 'wanted' });
const flows = () => getOrgFlows({ viewer, slug });
const ALL: ToolPolicy = { default: 'allow', rules: {} };
const publish = (server: string, definitions: Definitions) =>
  publishTestVersion(server, '1.0.0', { tools: definitions });

beforeAll(async () => {
  const user = await createUser('Owner');
  await createOrg({ viewer: user, slug, displayName: slug });
  viewer = await viewerOf(user.id);
  await publish('org.flow/web', toolsOf('search_web'));
  await publish('org.flow/files', toolsOf('read_file', 'write_file'));
  await publish('org.flow/chat', toolsOf('post_message', 'read_messages'));
});

describe('the flows of an allowlist', () => {
  it('are none while nothing is approved', async () => {
    expect(await flows()).toMatchObject({ within: [], across: [], approved: { servers: 0, tools: 0 } });
  });

  it('go across the approved servers', async () => {
    await approve('org.flow/web', ALL);
    await approve('org.flow/files', ALL);
    await approve('org.flow/chat', { default: 'deny', rules: { post_message: 'allow' } });
    const { across, within, approved } = await flows();
    expect(approved).toEqual({ servers: 3, tools: 4 });
    expect(within).toEqual([]);
    expect(across).toMatchObject([
      { server: 'org.flow/files', steps: [{ tool: 'search_web' }, { tool: 'read_file' }, { tool: 'post_message' }] },
    ]);
  });

  it('end where the policy denies a tool of the path', async () => {
    await approve('org.flow/chat', { default: 'allow', rules: { 'post_*': 'deny', 'read_*': 'deny' } });
    await approve('org.flow/files', { default: 'allow', rules: { 'read_*': 'deny' } });
    const { across } = await flows();
    expect(across.filter(({ server }) => server === 'org.flow/files')).toEqual([]);
  });

  it('leave out a tool that is not any more what was approved: gateways refuse it', async () => {
    await approve('org.flow/files', ALL);
    const before = (await flows()).approved.tools;
    const { id } = await db().version.findFirstOrThrow({ where: { serverName: 'org.flow/files' } });
    const changed = toolsOf('read_file', 'write_file');
    changed.tools![0]!.description = 'Reads another file.';
    await db().$transaction((tx) =>
      storeStaticScan(tx, {
        versionId: id,
        manifest: manifestOf('org.flow/files', '1.0.0') as never,
        definitions: changed,
        reason: 'again',
        now: new Date(),
      }),
    );
    expect((await flows()).approved.tools).toBe(before - 1);
  });

  it('are for members only', async () => {
    await expect(getOrgFlows({ viewer: await createUser('Stranger'), slug })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
