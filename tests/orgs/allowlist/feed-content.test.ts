import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { allowedContent } from '#lib/orgs/allowlist/feed-content.ts';
import { narrowedTools } from '#lib/orgs/allowlist/narrow.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { testInstance, toolsOf } from '#tests/instance.ts';
import { approved, daysAfter, orgWith, published } from './support.ts';

testInstance();

const sha = expect.stringMatching(/^[0-9a-f]{64}$/);
const annotated = (annotations: object, ...names: string[]) => ({
  ...toolsOf(),
  tools: names.map((name) => ({
    name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object' as const },
    annotations,
  })),
  prompts: [],
  instructions: 'Be careful.',
});

describe('what is published', () => {
  it('is all that holds, and nothing else', async () => {
    const org = await orgWith('golden', { environments: ['prod'] });
    const { orgId, slug: orgSlug, viewer } = org;
    const act = { viewer, orgSlug, now: daysAfter(2) };
    await approved(org, 'org.golden/beta', {
      tools: annotated({ readOnlyHint: true }, 'read_file', 'delete_file', 'send_file'),
      toolPolicy: { default: 'allow', rules: { 'send_*': 'ask' } },
      terms: {
        environments: ['prod'],
        credentialMode: 'personal',
        conditions: 'Notes only.',
        expiresAt: daysAfter(300),
      },
    });
    await approved(org, 'org.golden/alpha', { version: '2.0.0', tools: toolsOf('read_file', 'write_file') });
    await approved(org, 'org.golden/alpha', {
      version: '1.0.0',
      tools: toolsOf('read_file', 'list_files'),
      now: daysAfter(1),
    });
    await approved(org, 'org.golden/revoked');
    await revokeVersion({ ...act, serverName: 'org.golden/revoked', version: null, reason: 'leaked' });
    await approved(org, 'org.golden/suspended');
    await suspendEntry({ ...act, serverName: 'org.golden/suspended', reason: 'odd' });
    await approved(org, 'org.golden/over', { terms: { expiresAt: daysAfter(1) } });
    await approved(org, 'com.bad/files');
    await denyTarget({ ...act, kind: 'version', target: 'com.other/never', version: '3.0.0', reason: 'worm' });
    const idOf = async (name: string) =>
      (await db().allowlistEntry.findFirstOrThrow({ where: { orgId, server: { name } } })).id;
    const [a, b, revoked] = [
      await idOf('org.golden/alpha'),
      await idOf('org.golden/beta'),
      await idOf('org.golden/revoked'),
    ];
    const reads = { default: 'deny', rules: { 'read_*': 'allow', 'list_*': 'allow', 'write_*': 'ask' } };
    await db().team.create({
      data: {
        orgId,
        slug: 'ops',
        displayName: 'Ops',
        entries: {
          create: [
            { entryId: b, reason: 'x' },
            { entryId: a, reason: 'x', toolPolicy: reads },
            { entryId: revoked, reason: 'x' },
          ],
        },
      },
    });
    await db().team.create({ data: { orgId, slug: 'gone', displayName: 'Gone', archivedAt: daysAfter(1) } });
    await db().team.create({ data: { orgId, slug: 'empty', displayName: 'Empty' } });
    await db().agentGroup.create({
      data: {
        orgId,
        slug: 'bots',
        displayName: 'Bots',
        readOnly: true,
        entries: { create: { entryId: b, readOnly: true } },
      },
    });
    await denyTarget({ ...act, kind: 'namespace', target: 'com.bad', reason: 'typosquats' });

    const { allowlist, revocations } = await published(orgId);
    const pin = (version: string) => ({
      version,
      manifestSha256: sha,
      manifestJcsSha256: sha,
      toolsDigest: sha,
      packages: [
        {
          registryType: 'npm',
          identifier: '@acme/weather',
          version,
          purl: `pkg:npm/%40acme/weather@${version}`,
          digest: null,
          command: ['npx', '-y', `@acme/weather@${version}`],
        },
      ],
      remotes: [],
      signer: null,
      facts: {
        description: expect.stringMatching(/^Test server org\.golden\//),
        toolCount: expect.any(Number),
        packages: [{}],
        remotes: [],
      },
    });
    const allow = (...tools: object[]) => ({ default: 'deny', allow: tools.map((tool) => ({ digest: sha, ...tool })) });
    expect(allowlist.servers).toEqual([
      {
        name: 'org.golden/alpha',
        versions: [
          { ...pin('2.0.0'), tools: allow({ name: 'read_file' }, { name: 'write_file' }) },
          { ...pin('1.0.0'), tools: allow({ name: 'list_files' }, { name: 'read_file' }) },
        ],
      },
      {
        name: 'org.golden/beta',
        versions: [
          {
            ...pin('1.0.0'),
            // It says that it only reads, and is named for a change.
            tools: allow(
              { name: 'delete_file' },
              { name: 'read_file', readOnly: true },
              { name: 'send_file', readOnly: true, ask: true },
            ),
            digests: { prompts: sha, instructions: sha },
            environments: ['prod'],
            credentialMode: 'personal',
            conditions: 'Notes only.',
            expiresAt: daysAfter(300).toISOString(),
          },
        ],
      },
    ]);
    expect(allowlist.teams).toEqual([
      { name: 'empty', readOnly: false, servers: [] },
      {
        name: 'ops',
        readOnly: false,
        servers: [
          { name: 'org.golden/alpha', tools: ['list_files', 'read_file', 'write_file'], ask: ['write_file'] },
          { name: 'org.golden/beta' },
        ],
      },
    ]);
    expect(allowlist.groups).toEqual([
      { name: 'bots', readOnly: true, servers: [{ name: 'org.golden/beta', readOnly: true }] },
    ]);
    const at = daysAfter(2).toISOString();
    expect(revocations.revocations).toEqual([
      { name: 'com.bad/files', reason: 'typosquats', at },
      { name: 'com.other/never', version: '3.0.0', reason: 'worm', at },
      { name: 'org.golden/revoked', version: '1.0.0', reason: 'leaked', at },
      { name: 'org.golden/suspended', version: '1.0.0', reason: 'odd', at },
    ]);
  });

  it('reads as many rows for a long list in as many queries', async () => {
    const org = await orgWith('queries');
    const count = async () => {
      let queries = 0;
      const counted = db().$extends({
        query: {
          $allOperations({ args, query }) {
            queries += 1;
            return query(args);
          },
        },
      });
      await allowedContent(counted as never, org.orgId);
      return queries;
    };
    await approved(org, 'org.queries/one');
    const one = await count();
    for (const name of ['two', 'three', 'four']) await approved(org, `org.queries/${name}`);
    expect(await count()).toBe(one);
  });
});

describe('narrowedTools', () => {
  const listed = [
    {
      tools: {
        default: 'deny',
        allow: [
          { name: 'read', digest: 'x' },
          { name: 'send', digest: 'x' },
        ],
      },
    },
  ];

  it.each([
    [
      'what the policy allows of what is there',
      { default: 'deny', rules: { '*': 'allow', gone: 'allow' } },
      { tools: ['read', 'send'] },
    ],
    [
      'what it asks about, and says so',
      { default: 'allow', rules: { send: 'ask' } },
      { tools: ['read', 'send'], ask: ['send'] },
    ],
    [
      'nothing that a stricter rule denies',
      { default: 'ask', rules: { 's*': 'deny', send: 'ask' } },
      { tools: ['read'], ask: ['read'] },
    ],
    ['nothing of a policy that is not understood', { default: 'everything' }, { tools: [] }],
    ['nothing of no policy at all', 'broken', { tools: [] }],
  ])('leaves %s', (_, policy, left) => {
    expect(narrowedTools(policy, listed as never)).toEqual(left);
  });
});
