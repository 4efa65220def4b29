import { z } from 'zod';
import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { reevaluateNamespace, reindexNamespaces } from '#lib/catalog/reevaluate-namespace.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { noteNamespaceOverdue } from './hold-namespace.ts';

const numericId = z.string().regex(/^[0-9]{1,20}$/, 'is a number, such as 583231');
const issuer = z.url('is the address of the identity provider, such as https://token.actions.githubusercontent.com');

/** Structure of a signer identity as people enter it. */
export const signerIdentitySchema: z.ZodType<SignerIdentity> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['github', 'gitlab']),
    issuer,
    ownerId: numericId,
    repositoryId: numericId.optional(),
    repository: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+)+$/, 'is owner/repository')
      .optional(),
    workflow: z
      .string()
      .regex(/^[\w./ -]{1,200}$/, 'is a path such as .github/workflows/release.yml')
      .optional(),
    refPattern: z
      .string()
      .regex(/^[\w./*-]{1,200}$/, 'is a ref such as refs/tags/v*')
      .optional(),
  }),
  z.strictObject({
    kind: z.enum(['email', 'uri']),
    issuer,
    san: z.string().min(3, 'is the e-mail address or URI of the signer').max(500),
  }),
]);

/** Binds a signer to a publisher: manifests signed by it count as "signed", those published before too. Throws UNPROCESSABLE, CONFLICT, NOT_FOUND. */
export async function addSignerIdentity({
  viewer,
  publisherSlug,
  identity,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  identity: SignerIdentity;
  now?: Date;
}) {
  const parsed = signerIdentitySchema.safeParse(identity);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DomainError('UNPROCESSABLE', `Signer identity: ${issue.path.join('.') || 'it'} ${issue.message}.`);
  }
  const publisher = await requirePublisher(viewer, publisherSlug, 'signer.manage');
  const changed = await db().$transaction(async (tx) => {
    const namespaces = await lockPublisherNamespaces(tx, publisher.id);
    const existing = await tx.signerIdentity.findMany({ where: { publisherId: publisher.id } });
    if (existing.length >= 50)
      throw new DomainError('CONFLICT', 'A publisher can bind 50 signers. Remove one that is not used any more.');
    await tx.signerIdentity.create({ data: { publisherId: publisher.id, identity: parsed.data, createdAt: now } });
    for (const namespace of namespaces) await reevaluateNamespace(tx, namespace);
    await noteNamespaceOverdue(tx, namespaces);
    await appendEvent(tx, {
      orgId: null,
      kind: 'signer.bound',
      actor: actorOf(viewer),
      subject: { publisher: publisherSlug, signer: identityText(parsed.data) },
      data: { identity: { ...parsed.data } },
      now,
    });
    return namespaces;
  });
  await reindexNamespaces(changed);
}

/** Unbinds a signer. What it signed is "unknown signer" from then on. Throws NOT_FOUND. */
export async function removeSignerIdentity({
  viewer,
  id,
  now = new Date(),
}: {
  viewer: Viewer;
  id: string;
  now?: Date;
}) {
  const row = await db().signerIdentity.findUnique({ where: { id }, include: { publisher: true } });
  if (!row) throw new DomainError('NOT_FOUND', 'This signer is not bound any more.');
  await requirePublisher(viewer, row.publisher.slug, 'signer.manage');
  const changed = await db().$transaction(async (tx) => {
    const namespaces = await lockPublisherNamespaces(tx, row.publisherId);
    await tx.signerIdentity.delete({ where: { id } });
    for (const namespace of namespaces) await reevaluateNamespace(tx, namespace);
    await noteNamespaceOverdue(tx, namespaces);
    await appendEvent(tx, {
      orgId: null,
      kind: 'signer.unbound',
      actor: actorOf(viewer),
      subject: { publisher: row.publisher.slug, signer: identityText(row.identity as SignerIdentity) },
      now,
    });
    return namespaces;
  });
  await reindexNamespaces(changed);
}

async function lockPublisherNamespaces(tx: Tx, publisherId: string): Promise<string[]> {
  const namespaces = await tx.namespace.findMany({ where: { publisherId }, select: { name: true } });
  const names = namespaces.map(({ name }) => name);
  await lockNamespaces(tx, names);
  return names;
}

/** A signer in a few words. */
export function identityText(identity: SignerIdentity): string {
  if ('san' in identity) return identity.san;
  return identity.repository ?? `repositories of owner ${identity.ownerId}`;
}
