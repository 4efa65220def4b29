import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { DenyKind } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { splitServerName } from '#lib/manifest/index.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireReason } from './approve-version.ts';
import { targetOf } from './denials.ts';

const NAMESPACE = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,198}[A-Za-z0-9])?$/;
const MAX_VERSION = 255;
const MAX_ADVISORY = 500;

/**
 * Denies a server, one version of it, or everything of a namespace, whether or not the catalog has it, and publishes the feed. It
 * changes no entry: as long as it stands it wins over all of them, and lifting it brings back what is still approved. Throws
 * UNPROCESSABLE, CONFLICT when it is denied already.
 */
export async function denyTarget({
  viewer,
  orgSlug,
  kind,
  target,
  version = null,
  reason,
  advisory = null,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  kind: DenyKind;
  /** A server's name, or a namespace. */
  target: string;
  version?: string | null;
  reason: string;
  /** Address or number of what tells more, such as a CVE. */
  advisory?: string | null;
  now?: Date;
}): Promise<{ id: string; serial: number }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  const parsed = parseTarget({ kind, target, version });
  const about = advisory?.trim() || null;
  if (about !== null && about.length > MAX_ADVISORY)
    throw new DomainError(
      'UNPROCESSABLE',
      `The advisory is its number or address, ${MAX_ADVISORY} characters at most.`,
    );
  return orgTransaction(org.id, async (tx) => {
    const actor = actorOf(viewer);
    const denied = { ...parsed, target: await knownSpelling(tx, { kind, target: parsed.target }) };
    const label = targetOf(denied);
    const standing = await tx.denyEntry.findFirst({
      where: { orgId: org.id, liftedAt: null, kind, ...denied },
      select: { id: true },
    });
    if (standing) throw new DomainError('CONFLICT', `${label} is denied already.`);
    const { id } = await tx.denyEntry.create({
      data: { orgId: org.id, kind, ...denied, reason: why, advisory: about, createdById: viewer.id, createdAt: now },
      select: { id: true },
    });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'deny.added',
      actor,
      subject: {
        target: label,
        kind,
        denial: id,
        ...(kind === 'namespace' ? { namespace: denied.target } : { server: denied.target }),
        ...(denied.version === null ? {} : { version: denied.version }),
      },
      data: { reason: why, ...(about === null ? {} : { advisory: about }) },
      now,
    });
    const serial = await publishFeed(tx, { orgId: org.id, reason: `denied ${label}`, actor, now });
    return { id, serial };
  });
}

function parseTarget({ kind, target, version }: { kind: DenyKind; target: string; version: string | null }) {
  const name = target.trim();
  if (kind === 'namespace') {
    if (!NAMESPACE.test(name))
      throw new DomainError('UNPROCESSABLE', 'A namespace is the part before the slash, such as com.example.');
    return { target: name, version: null };
  }
  if (splitServerName(name) === null)
    throw new DomainError('UNPROCESSABLE', 'A server is namespace, slash, name, such as com.example/files.');
  if (kind === 'server') return { target: name, version: null };
  const exact = version?.trim() ?? '';
  if (exact === '' || exact.length > MAX_VERSION)
    throw new DomainError('UNPROCESSABLE', 'Name the version that is denied, as the server page shows it.');
  return { target: name, version: exact };
}

/** The catalog's own spelling: names are compared exactly, and a denial must not miss its server for a capital letter. */
async function knownSpelling(tx: Tx, { kind, target }: { kind: DenyKind; target: string }): Promise<string> {
  const [known] =
    kind === 'namespace'
      ? await tx.$queryRaw<{ name: string }[]>`
          select namespace as name from "Server" where lower(namespace) = lower(${target})
          order by namespace <> ${target} limit 1`
      : await tx.$queryRaw<{ name: string }[]>`
          select name from "Server" where lower(name) = lower(${target}) order by name <> ${target} limit 1`;
  return known?.name ?? target;
}
