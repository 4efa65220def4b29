import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { findBreak } from '#lib/audit/chain.ts';
import type { OrgRole, Viewer } from '#lib/auth/viewer.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import type { EntryTerms } from '#lib/orgs/allowlist/approve-in-transaction.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import type { OrgSettings } from '#lib/orgs/settings.ts';
import { storeStaticScan } from '#lib/scans/store-scan.ts';
import { createUser, manifestOf, publishTestVersion, toolsOf, viewerOf } from '#tests/instance.ts';

export const ALL: ToolPolicy = { default: 'allow', rules: {} };
export const DAY = 86_400_000;
export const T0 = new Date('2026-06-01T12:00:00Z');
export const daysAfter = (days: number): Date => new Date(T0.getTime() + days * DAY);

export type TestOrg = { orgId: string; slug: string; viewer: Viewer };

export async function orgWith(slug: string, settings: Partial<OrgSettings> = {}): Promise<TestOrg> {
  const user = await createUser(`Owner-${slug}`);
  const { id } = await createOrg({ viewer: user, slug, displayName: slug, now: T0 });
  await db().org.update({ where: { id }, data: { settings: settings as Prisma.InputJsonObject } });
  return { orgId: id, slug, viewer: await viewerOf(user.id) };
}

export async function memberOf({ orgId }: TestOrg, role: OrgRole): Promise<Viewer> {
  const user = await createUser(`${role}-${randomUUID()}`);
  await db().orgMember.create({ data: { orgId, userId: user.id, role } });
  return viewerOf(user.id);
}

/** Publishes a version with these tools and approves it. */
export async function approved(
  org: TestOrg,
  serverName: string,
  {
    version = '1.0.0',
    tools = toolsOf('read_file', 'write_file'),
    toolPolicy = ALL,
    terms,
    now = T0,
  }: { version?: string; tools?: Definitions; toolPolicy?: ToolPolicy; terms?: EntryTerms; now?: Date } = {},
) {
  const { versionId } = await publishTestVersion(serverName, version, { tools, now });
  const approval = await approve(org, serverName, { version, toolPolicy, terms, now });
  return { versionId, ...approval };
}

export const approve = (
  { slug, viewer }: TestOrg,
  serverName: string,
  {
    version = '1.0.0',
    toolPolicy = ALL,
    terms,
    now = T0,
  }: { version?: string; toolPolicy?: ToolPolicy; terms?: EntryTerms; now?: Date } = {},
) => approveVersion({ viewer, orgSlug: slug, serverName, version, toolPolicy, terms, reason: 'wanted', now });

export const rescan = (versionId: string, name: string, tools: Definitions, now: Date, version = '1.0.0') =>
  db().$transaction((tx) =>
    storeStaticScan(tx, {
      versionId,
      manifest: manifestOf(name, version) as never,
      definitions: tools,
      reason: 'again',
      now,
    }),
  );

export async function published(orgId: string) {
  const row = await db().feedPublication.findFirstOrThrow({ where: { orgId }, orderBy: { serial: 'desc' } });
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8'));
  const allowlist = read(row.allowlistBytes) as AllowlistDocument;
  const revocations = read(row.revocationsBytes) as RevocationsDocument;
  return {
    serial: row.serial,
    allowlist,
    revocations,
    /** `name version` of all that is allowed. */
    allowed: allowlist.servers.flatMap(({ name, versions }) => versions.map(({ version }) => `${name} ${version}`)),
    /** `name version`, or `name` for a whole server. */
    refused: revocations.revocations.map(({ name, version }) => (version ? `${name} ${version}` : name)),
  };
}

export const stateOf = async (orgId: string, serverName: string) => {
  const entry = await db().allowlistEntry.findFirstOrThrow({
    where: { orgId, server: { name: serverName } },
    include: { versions: { include: { version: true }, orderBy: { version: { version: 'asc' } } } },
  });
  return {
    entry: entry.state,
    versions: Object.fromEntries(entry.versions.map((row) => [row.version.version, row.state])),
  };
};

/** Kinds of events since the organization was made, in an unbroken chain, without those of the feed. */
export async function kinds(orgId: string): Promise<string[]> {
  const rows = await db().auditEvent.findMany({ where: { chain: orgId }, orderBy: { seq: 'asc' } });
  expect(findBreak(rows.map(({ id: _, ...row }) => ({ ...row, at: row.at.toISOString() })) as never)).toBeNull();
  return rows.map(({ kind }) => kind).filter((kind) => kind !== 'feed.published' && kind !== 'org.created');
}
