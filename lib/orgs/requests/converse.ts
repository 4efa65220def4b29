import { appendEvent } from '#lib/audit/append-event.ts';
import type { EventKind } from '#lib/audit/events.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** Longest message, in characters. */
export const MAX_MESSAGE = 2000;
/** Messages on one request. */
const MAX_MESSAGES = 100;

export type MessageKind = 'question' | 'answer' | 'note';

const EVENTS: Record<MessageKind, EventKind> = {
  question: 'request.asked',
  answer: 'request.answered',
  note: 'request.noted',
};

/**
 * Says something about a request: a reviewer asks back (then it waits for its asker) or leaves a note for reviewers, the asker answers
 * (then it waits for reviewers again). Throws NOT_FOUND, FORBIDDEN, REQUEST_CLOSED, UNPROCESSABLE.
 */
export async function sayAboutRequest({
  viewer,
  orgSlug,
  id,
  kind,
  text,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
  kind: MessageKind;
  text: string;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, kind === 'answer' ? 'request.make' : 'allowlist.decide');
  const words = text.trim();
  if (!words || words.length > MAX_MESSAGE)
    throw new DomainError('UNPROCESSABLE', `Write between 1 and ${MAX_MESSAGE} characters.`);
  await db().$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from "ApprovalRequest" where id = ${id} for update`;
    const request = await tx.approvalRequest.findFirst({
      where: { id, orgId: org.id },
      include: { server: { select: { name: true } }, _count: { select: { messages: true } } },
    });
    if (!request) throw new DomainError('NOT_FOUND', `${org.displayName} has no such request.`);
    if (kind === 'answer' && request.requesterId !== viewer.id)
      throw new DomainError('FORBIDDEN', 'Only who asked for it answers. Reviewers leave a note, or ask back.');
    if (kind === 'question' && request.requesterId === null)
      throw new DomainError(
        'UNPROCESSABLE',
        'Hallmark itself opened this request: there is nobody to ask. Leave a note.',
      );
    if (kind !== 'note' && request.state !== 'open' && request.state !== 'asked')
      throw new DomainError('REQUEST_CLOSED', `This request is ${request.state} already.`);
    if (request._count.messages >= MAX_MESSAGES)
      throw new DomainError('CONFLICT', `A request holds ${MAX_MESSAGES} messages. Decide about it.`);
    await tx.requestMessage.create({ data: { requestId: id, authorId: viewer.id, kind, text: words, createdAt: now } });
    if (kind !== 'note')
      await tx.approvalRequest.update({
        where: { id },
        data: { state: kind === 'question' ? 'asked' : 'open', updatedAt: now },
      });
    await appendEvent(tx, {
      orgId: org.id,
      kind: EVENTS[kind],
      actor: actorOf(viewer),
      subject: { server: request.server.name, version: request.version, request: id },
      // What reviewers say among themselves goes into no webhook or mail.
      data: kind === 'note' ? {} : { text: words },
      now,
    });
  });
}

/** Takes a request back; by who made it. Throws NOT_FOUND, FORBIDDEN, REQUEST_CLOSED. */
export async function withdrawRequest({
  viewer,
  orgSlug,
  id,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
  now?: Date;
}): Promise<void> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  await db().$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from "ApprovalRequest" where id = ${id} for update`;
    const request = await tx.approvalRequest.findFirst({
      where: { id, orgId: org.id },
      include: { server: { select: { name: true } } },
    });
    if (!request) throw new DomainError('NOT_FOUND', `${org.displayName} has no such request.`);
    if (request.requesterId !== viewer.id) throw new DomainError('FORBIDDEN', 'Only who made a request withdraws it.');
    if (request.state !== 'open' && request.state !== 'asked')
      throw new DomainError('REQUEST_CLOSED', `This request is ${request.state} already.`);
    await tx.approvalRequest.update({ where: { id }, data: { state: 'withdrawn', decidedAt: now, updatedAt: now } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'request.withdrawn',
      actor: actorOf(viewer),
      subject: { server: request.server.name, version: request.version, request: id },
      now,
    });
  });
}
