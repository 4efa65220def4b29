import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { KeyKeeper } from './change-keys.ts';

/** Takes a gateway that is gone out of the list; it comes back when it speaks again. Throws NOT_FOUND. */
export async function forgetGateway({
  keeper: { org, actor },
  gatewayId,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  gatewayId: string;
  now?: Date;
}): Promise<void> {
  await db().$transaction(async (tx) => {
    const gateway = await tx.feedGateway.findFirst({ where: { id: gatewayId, orgId: org.id, forgottenAt: null } });
    if (!gateway) throw new DomainError('NOT_FOUND', 'There is no such gateway.');
    await tx.feedGateway.update({ where: { id: gateway.id }, data: { forgottenAt: now } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'feed.gateway-forgotten',
      actor,
      subject: { gateway: gateway.instance },
      data: { id: gateway.id },
      now,
    });
  });
}
