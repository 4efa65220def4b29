import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { config } from '#lib/config/config.ts';
import { db, isUniqueViolation } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { VersionStatus } from '../views.ts';
import type { SyncSettings } from './run-sync.ts';
import type { SyncFilters } from './types.ts';
import { parseBaseUrl, trustedOriginsFor } from './upstream-address.ts';

const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/;
const STATUSES: readonly VersionStatus[] = ['active', 'deprecated', 'deleted'];
const MAX_GLOBS = 100;
const MAX_GLOB_CHARACTERS = 200;

/**
 * Adds an upstream registry; a worker crawls it within minutes. `name` is the host of its address unless told. Who may
 * add one is for the caller to say: instance admins. Throws BAD_REQUEST, ADDRESS_REFUSED, CONFLICT.
 */
export async function addSyncSource({
  baseUrl: address,
  name: givenName,
  filters: givenFilters = {},
  actor,
  settings = config(),
  now = new Date(),
}: {
  baseUrl: string;
  name?: string;
  filters?: { names?: string[]; exclude?: string[]; statuses?: string[] };
  actor: Actor;
  settings?: Pick<SyncSettings, 'HALLMARK_PRIVATE_NETWORKS'>;
  now?: Date;
}): Promise<{ id: string; name: string; baseUrl: string }> {
  const baseUrl = parseBaseUrl(address);
  trustedOriginsFor(baseUrl, settings.HALLMARK_PRIVATE_NETWORKS);
  const name = givenName ?? new URL(baseUrl).hostname.replace(/[[\]]/g, '').replaceAll(':', '-');
  if (!NAME.test(name)) {
    throw new DomainError(
      'BAD_REQUEST',
      `"${name.slice(0, 80)}" is no name for a source: use lower-case letters, digits, hyphens and dots, e.g. official`,
    );
  }
  const filters = checkFilters(givenFilters);
  try {
    return await db().$transaction(async (tx) => {
      // Two sources with one address would take each other's versions for their own.
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('sync-sources', 0))`;
      const same = await tx.syncSource.findFirst({ where: { baseUrl }, select: { name: true } });
      if (same) throw new DomainError('CONFLICT', `${baseUrl} is a source already, named ${same.name}.`);
      const data = { name, baseUrl, filters, nextRunAt: now, createdAt: now };
      const source = await tx.syncSource.create({ data, select: { id: true } });
      await appendEvent(tx, {
        orgId: null,
        kind: 'sync.source-added',
        actor,
        subject: { source: name },
        data: { baseUrl, filters },
        now,
      });
      return { id: source.id, name, baseUrl };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError('CONFLICT', `There is a source named ${name} already.`);
    throw error;
  }
}

function checkFilters({
  names = [],
  exclude = [],
  statuses = [],
}: Partial<Record<keyof SyncFilters, string[]>>): SyncFilters {
  for (const glob of [...names, ...exclude]) {
    if (glob === '' || glob.length > MAX_GLOB_CHARACTERS || glob.includes('\0') || !glob.isWellFormed()) {
      throw new DomainError(
        'BAD_REQUEST',
        `"${glob.slice(0, 80)}" is no pattern for names: one to ${MAX_GLOB_CHARACTERS} characters, e.g. io.github.acme/*`,
      );
    }
  }
  if (names.length > MAX_GLOBS || exclude.length > MAX_GLOBS) {
    throw new DomainError('BAD_REQUEST', `A source has at most ${MAX_GLOBS} patterns for names.`);
  }
  const unknown = statuses.find((status) => !(STATUSES as readonly string[]).includes(status));
  if (unknown !== undefined) {
    throw new DomainError('BAD_REQUEST', `"${unknown.slice(0, 80)}" is no status: use ${STATUSES.join(', ')}`);
  }
  return { names, exclude, statuses: STATUSES.filter((status) => statuses.includes(status)) };
}
