import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadViewer, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { workPolicyTasks } from '#lib/orgs/policy/policy-tasks.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { createUser, testInstance, toolsOf } from '../../instance.ts';
import { addSource, at, item, run, startUpstream, type Upstream } from './upstream.ts';

testInstance();

const NAME = 'org.followed/files';
let upstream: Upstream;
let viewer: Viewer;

beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());

const versionIdOf = async (version: string) =>
  (await db().version.findUniqueOrThrow({ where: { serverName_version: { serverName: NAME, version } } })).id;
const queued = () =>
  db().scan.findMany({
    where: { status: 'queued' },
    select: { version: { select: { serverName: true, version: true } } },
  });
const approvedVersions = async () =>
  (await db().allowlistVersion.findMany({ where: { state: 'approved' }, include: { version: true } })).map(
    ({ version }) => version.version,
  );

/** What a worker stores once the version ran in the sandbox. */
async function see(version: string, tools: string[], now: Date) {
  const versionId = await versionIdOf(version);
  await db().scan.deleteMany({ where: { versionId, status: 'queued' } });
  const { manifest } = await db().version.findUniqueOrThrow({ where: { id: versionId } });
  await db().$transaction((tx) =>
    storeStaticScan(tx, {
      versionId,
      manifest: manifest as unknown as Manifest,
      definitions: toolsOf(...tools),
      reason: 'test',
      now,
    }),
  );
}

it('a mirrored version within the rule of an entry is scanned, considered and approved; nobody else’s is', async () => {
  const person = await createUser('Owner');
  await createOrg({ viewer: person, slug: 'acme', displayName: 'Acme', now: at(0) });
  viewer = (await loadViewer(person.id))!;
  const { id } = await addSource(upstream);
  upstream.put(item(NAME, '1.0.0'), item('org.followed/other', '1.0.0'));
  await run(id, { now: () => at(60) });
  expect(await queued()).toEqual([]);
  await see('1.0.0', ['read_file'], at(60));
  await approveVersion({
    viewer,
    orgSlug: 'acme',
    serverName: NAME,
    version: '1.0.0',
    toolPolicy: { default: 'deny', rules: { read_file: 'allow' } },
    reason: 'wanted',
    terms: { versionRule: { kind: 'range', range: '^1.0.0' } },
    now: at(60),
  });
  await workPolicyTasks({ now: () => at(60) });

  upstream.put(item(NAME, '1.1.0', { minutes: 90 }), item('org.followed/other', '1.1.0', { minutes: 90 }));
  await run(id, { now: () => at(120) });
  expect(await queued()).toEqual([{ version: { serverName: NAME, version: '1.1.0' } }]);
  // Its manifest alone says nothing of its tools: no request, no approval before the scan.
  await workPolicyTasks({ now: () => at(120) });
  expect([await approvedVersions(), await db().approvalRequest.count()]).toEqual([['1.0.0'], 0]);
  await see('1.1.0', ['read_file'], at(120));
  await workPolicyTasks({ now: () => at(120) });
  expect(await approvedVersions()).toEqual(['1.0.0', '1.1.0']);

  upstream.put(item(NAME, '1.2.0', { minutes: 150 }));
  await run(id, { now: () => at(180) });
  await see('1.2.0', ['read_file', 'send_file'], at(180));
  await workPolicyTasks({ now: () => at(180) });
  expect(await approvedVersions()).toEqual(['1.0.0', '1.1.0']);
  expect(await db().approvalRequest.findMany({ select: { kind: true, version: true } })).toEqual([
    { kind: 'new_version', version: '1.2.0' },
  ]);
});
