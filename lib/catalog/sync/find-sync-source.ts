import type { SyncSource } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** The source of this name. Throws NOT_FOUND, with the names that there are. */
export async function findSyncSource(name: string, tx: Tx = db()): Promise<SyncSource> {
  const source = await tx.syncSource.findUnique({ where: { name } });
  if (source) return source;
  const names = (await tx.syncSource.findMany({ select: { name: true }, orderBy: { name: 'asc' } })).map(
    (row) => row.name,
  );
  throw new DomainError(
    'NOT_FOUND',
    names.length > 0
      ? `There is no source named ${name.slice(0, 80)}; there are ${names.join(', ')}.`
      : 'There is no source yet: add one with `hallmark sync add URL`.',
  );
}
