import { db } from '#lib/db/db.ts';
import { openKey, sealKey } from '../keys/sealed-key.ts';

/**
 * Seals every key of the instance under another master key, all or none. The instance must be started with that one
 * afterwards. Returns how many keys there are. Throws `KeyError` SEALED_KEY_OPEN when `from` does not open one.
 */
export async function rewrapKeys({ from, to }: { from: Uint8Array; to: Uint8Array }): Promise<number> {
  return db().$transaction(async (tx) => {
    const rows = await tx.feedKey.findMany({ where: { sealed: { not: null } }, include: { org: true } });
    for (const { id, sealed, org, keyid, role } of rows) {
      const place = { org: org.slug, keyid, role };
      const privateKey = openKey({ sealed: sealed!, ...place, masterKey: from });
      const bytes = new Uint8Array(sealKey({ privateKey, org: org.slug, role, masterKey: to }));
      await tx.feedKey.update({ where: { id }, data: { sealed: bytes } });
    }
    return rows.length;
  });
}
