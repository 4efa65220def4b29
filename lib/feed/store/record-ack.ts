import { z } from 'zod';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Running copies that one token may report: a token that leaked must not fill the table. */
const MAX_INSTANCES = 500;

const name = z.string().trim().min(1).max(100);
const ackSchema = z.object({
  v: z.literal(1),
  instance: name,
  program: name,
  epoch: z.int().min(1).max(2_147_483_647),
  serial: z.int().min(1).max(2_147_483_647),
  headSha256: z.string().regex(/^[0-9a-f]{64}$/),
  appliedAt: z.iso.datetime(),
  environment: name.optional(),
  team: name.optional(),
  group: name.optional(),
  problem: z.object({ code: z.string().max(100), message: z.string().max(500) }).optional(),
});

export type GatewayAck = z.infer<typeof ackSchema>;

/** Throws BAD_REQUEST. */
export function gatewayAck(body: Uint8Array): GatewayAck {
  try {
    return ackSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const where = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
    throw new DomainError('BAD_REQUEST', `The acknowledgement is malformed${where}: ${issue?.message ?? 'no JSON'}.`);
  }
}

/**
 * Keeps what a gateway says that it applies. Nobody signs it: it is shown to people and decides nothing.
 * Throws SERIAL_AHEAD when it applies a serial that this database has not published; nothing is kept then, the gateway
 * is asked for the head.
 */
export async function recordAck({
  orgId,
  tokenId,
  ack,
  now,
}: {
  orgId: string;
  tokenId: string;
  ack: GatewayAck;
  now: Date;
}): Promise<void> {
  const { instance, program, epoch, serial, headSha256, environment, team, group, problem } = ack;
  const feed = await db().feed.findUniqueOrThrow({ where: { orgId }, select: { epoch: true, serial: true } });
  if (epoch > feed.epoch || (epoch === feed.epoch && serial > feed.serial)) {
    throw new DomainError(
      'SERIAL_AHEAD',
      `Epoch ${epoch}, serial ${serial} is ahead of this registry (${feed.epoch}, ${feed.serial}). Send the signed head to …/feed/ack/head.`,
    );
  }
  const key = { orgId_tokenId_instance: { orgId, tokenId, instance } };
  const known = await db().feedGateway.findUnique({ where: key, select: { id: true } });
  if (!known && (await db().feedGateway.count({ where: { orgId, tokenId } })) >= MAX_INSTANCES) {
    throw new DomainError(
      'CONFLICT',
      `This token reports ${MAX_INSTANCES} gateways already. Forget some, or use another.`,
    );
  }
  // A clock that is ahead must not make a gateway look as if it had applied something tomorrow.
  const appliedAt = new Date(Math.min(Date.parse(ack.appliedAt), now.getTime()));
  const details = Object.fromEntries(
    Object.entries({ headSha256, environment, team, group, problemCode: problem?.code }).filter(
      ([, v]) => v !== undefined,
    ),
  ) as Record<string, string>;
  const said = {
    program,
    epoch,
    serial,
    details,
    problem: problem?.message ?? null,
    appliedAt,
    seenAt: now,
    forgottenAt: null,
  };
  await db().feedGateway.upsert({
    where: key,
    create: { orgId, tokenId, instance, firstSeenAt: now, ...said },
    update: said,
  });
}
