import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Grant } from '#lib/auth/grants.ts';
import { mayAct, type RegistryPermission, requirePublishOrEdit } from '#lib/auth/permissions.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type JsonObject, namespaceOf } from '#lib/manifest/index.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { lockNamespaces } from './evaluate-signatures.ts';
import { requireCurrentHolder } from './publish-rights.ts';
import { lockServerName, recalculateLatest } from './recalculate-latest.ts';
import { requireFreeRemotes } from './remote-urls.ts';
import type { VersionStatus } from './views.ts';

/** Characters of a status message; the limit of the registry API. */
export const MAX_STATUS_MESSAGE = 500;

export type StatusChange = {
  serverName: string;
  status: VersionStatus;
  /** Why, for those who use the version. Not with `active`, which clears it. */
  statusMessage?: string | null;
  /** What the caller may do. */
  permissions: readonly RegistryPermission[];
  /** Of the grant that the permissions come from: they end where the namespace changed hands. */
  publisherIds?: Grant['publisherIds'];
  authority?: Grant['authority'];
  actor: Actor;
  now?: Date;
};

/** What of a version its change of status needs. */
type Row = {
  id: string;
  version: string;
  status: VersionStatus;
  statusMessage: string | null;
  origin: string;
  remoteUrls: string[];
};

/**
 * Changes the status of one version: any of active, deprecated and deleted to any other. Deleted versions stay and can
 * be restored. Throws NOT_FOUND, FORBIDDEN, NAMESPACE_FORBIDDEN, BAD_REQUEST, STATUS_UNCHANGED, REMOTE_TAKEN.
 */
export async function changeVersionStatus(change: StatusChange & { version: string }): Promise<void> {
  await changeStatus(change, change.version);
}

/** The same for every version of a server, all or none. Returns the versions that changed. */
export async function changeServerStatus(change: StatusChange): Promise<string[]> {
  return changeStatus(change, null);
}

async function changeStatus(change: StatusChange, only: string | null): Promise<string[]> {
  const { serverName, status, actor } = change;
  const now = change.now ?? new Date();
  const message = checkStatusMessage(status, change.statusMessage);
  const namespace = namespaceOf(serverName);
  const { serverId, changed } = await db().$transaction(async (tx) => {
    await lockNamespaces(tx, [namespace]);
    await lockServerName(tx, serverName);
    const server = await tx.server.findUnique({ where: { name: serverName }, select: { id: true } });
    const rows: Row[] = await tx.version.findMany({
      where: { serverName, ...(only === null ? {} : { version: only }) },
      select: { id: true, version: true, status: true, statusMessage: true, origin: true, remoteUrls: true },
    });
    if (!server || rows.length === 0) {
      throw new DomainError('NOT_FOUND', only === null ? 'Server not found' : 'Server version not found');
    }
    requirePublishOrEdit(change.permissions, serverName);
    if (!mayAct(change.permissions, 'edit', serverName)) {
      const { publisherIds = null, authority = null } = change;
      await requireCurrentHolder(tx, { namespace, publisherIds, authority });
    }
    const due = rows.filter((row) => row.status !== status || row.statusMessage !== message);
    if (due.length === 0) {
      throw new DomainError(
        'STATUS_UNCHANGED',
        only === null
          ? 'No changes to apply: all versions already have the requested status and message'
          : 'No changes to apply: status and message are already set to the provided values',
      );
    }
    await changeStatusIn(tx, { rows: due, serverName, status, message, actor, now });
    await recalculateLatest(tx, serverName, now);
    await noteOverdue(tx, [server.id]);
    await enqueuePolicyTasks(tx, { versionIds: due.map(({ id }) => id), occasion: 'status', now });
    return { serverId: server.id, changed: due.map((row) => row.version) };
  });
  await indexServers([serverId]);
  return changed;
}

/** The message to store. Throws BAD_REQUEST for one beside `active`, too long, or no text. */
export function checkStatusMessage(status: VersionStatus, statusMessage?: string | null): string | null {
  const message = statusMessage ?? null;
  if (status === 'active') {
    if (message !== null) {
      throw new DomainError('BAD_REQUEST', 'status_message cannot be provided when setting status to active');
    }
    return null;
  }
  if (message !== null && [...message].length > MAX_STATUS_MESSAGE) {
    throw new DomainError('BAD_REQUEST', `The status message is longer than ${MAX_STATUS_MESSAGE} characters.`);
  }
  if (message?.includes('\0') || message?.isWellFormed() === false) {
    throw new DomainError('BAD_REQUEST', 'The status message holds characters that are no text.');
  }
  return message;
}

/**
 * The status of versions of one server, inside a transaction that holds the server's name and recalculates the latest
 * version after. Of several versions there is one event, which names them all: a server may have ten thousand.
 */
export async function changeStatusIn(
  tx: Tx,
  {
    rows,
    serverName,
    status,
    message,
    actor,
    now,
  }: {
    rows: readonly Row[];
    serverName: string;
    status: VersionStatus;
    message: string | null;
    actor: Actor;
    now: Date;
  },
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  // While they were deleted another server may have taken their addresses.
  const restored = rows.filter((row) => row.status === 'deleted' && row.origin === 'published');
  await requireFreeRemotes(tx, { serverName, urls: [...new Set(restored.flatMap((row) => row.remoteUrls))] });
  const update = { status, statusMessage: message, updatedAt: now };
  const idsOf = (isSame: boolean) => rows.filter((row) => (row.status === status) === isSame).map(({ id }) => id);
  await tx.version.updateMany({ where: { id: { in: idsOf(true) } }, data: update });
  await tx.version.updateMany({ where: { id: { in: idsOf(false) } }, data: { ...update, statusChangedAt: now } });
  const event = { orgId: null, actor, now };
  const said: JsonObject = message === null ? {} : { message };
  if (rows.length === 1) {
    await appendEvent(tx, {
      ...event,
      kind: 'version.status-changed',
      subject: { server: serverName, version: first.version },
      data: { from: first.status, to: status, ...said },
    });
    return;
  }
  await appendEvent(tx, {
    ...event,
    kind: 'server.status-changed',
    subject: { server: serverName },
    data: {
      to: status,
      versions: rows.length,
      changed: rows.map((row) => ({ version: row.version, from: row.status })),
      ...said,
    },
  });
}
