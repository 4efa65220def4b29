import { appendEvent } from '#lib/audit/append-event.ts';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { readRoot } from '../tuf/root.ts';
import { changeKeys, type KeyChange, type KeyKeeper } from './change-keys.ts';

/** How long before its end a root is renewed, or somebody is told to. */
export const ROOT_ENDS_SOON_MS = 60 * 86_400_000;

/** The next root with the same keys and another year. Throws KEYS_UNAVAILABLE, UNPROCESSABLE. */
export async function renewRoot({
  keeper,
  rootKeyPem,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  rootKeyPem?: string | undefined;
  now?: Date;
}): Promise<{ version: number; serial: number }> {
  const { org, actor } = keeper;
  return changeKeys({
    keeper,
    rootKeyPem,
    now,
    change: async (tx): Promise<KeyChange & { version: number }> => {
      const last = await tx.feedRoot.findFirstOrThrow({ where: { orgId: org.id }, orderBy: { version: 'desc' } });
      const version = last.version + 1;
      await appendEvent(tx, { orgId: org.id, kind: 'feed.root-renewed', actor, subject: { version }, now });
      return { reason: 'root renewed', version };
    },
  });
}

/**
 * For the job: roots that end within 60 days are signed anew where their key is here; where it is offline, the audit
 * log says so once per root.
 */
export async function tendRoots({ now = new Date() } = {}): Promise<{ renewed: number; reminded: number }> {
  const orgs = await db().org.findMany({ where: { feed: { isNot: null } }, select: { id: true, slug: true } });
  const counts = { renewed: 0, reminded: 0 };
  for (const org of orgs) {
    try {
      const last = await db().feedRoot.findFirst({ where: { orgId: org.id }, orderBy: { version: 'desc' } });
      if (!last) continue;
      const { expires, version } = readRoot(last.bytes).signed;
      if (Date.parse(expires) - now.getTime() > ROOT_ENDS_SOON_MS) continue;
      const keeper: KeyKeeper = { org, actor: { type: 'system', name: 'Hallmark' } };
      const isRenewed = await renewRoot({ keeper, now }).then(
        () => true,
        (error) => {
          if (error instanceof DomainError && error.code === 'KEYS_UNAVAILABLE') return false;
          throw error;
        },
      );
      if (isRenewed) counts.renewed += 1;
      else counts.reminded += await remind({ keeper, version, expires, now });
    } catch (error) {
      log.error({ org: org.slug, error: String(error) }, 'the root of a feed could not be renewed');
    }
  }
  return counts;
}

async function remind({
  keeper: { org, actor },
  version,
  expires,
  now,
}: {
  keeper: KeyKeeper;
  version: number;
  expires: string;
  now: Date;
}): Promise<number> {
  return db().$transaction(async (tx) => {
    const told = await tx.auditEvent.findFirst({
      where: { chain: org.id, kind: 'feed.root-expiring', data: { path: ['version'], equals: version } },
      select: { seq: true },
    });
    if (told) return 0;
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'feed.root-expiring',
      actor,
      subject: { until: expires },
      data: { version },
      now,
    });
    return 1;
  });
}
