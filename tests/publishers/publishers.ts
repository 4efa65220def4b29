import type { PublisherRole, Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import { createUser, viewerOf } from '../instance.ts';

/** A publisher of its own owner, who is returned, holding these namespaces by a proof of DNS. */
export async function createOwner(slug: string, namespaces: string[] = []): Promise<Viewer> {
  const owner = await createUser(`Owner-of-${slug}`);
  await createPublisher({ viewer: owner, slug, displayName: slug.toUpperCase() });
  for (const namespace of namespaces) await holdProven(slug, namespace);
  return viewerOf(owner.id);
}

export async function holdProven(slug: string, namespace: string): Promise<void> {
  const { id } = await db().publisher.findUniqueOrThrow({ where: { slug } });
  const domain = namespace.split('.').reverse().join('.');
  await db().$transaction((tx) =>
    holdNamespace(tx, {
      namespace,
      proof: { kind: 'dns', form: 'bound', domain, expected: `hallmark-verify=hallmark.test/${namespace}/0` },
      publisherId: id,
      actor: { type: 'system', name: 'test' },
      now: new Date(),
    }),
  );
}

/** Another member of the publisher. */
export async function createMember(
  slug: string,
  role: PublisherRole,
  name = `another-${role}-of-${slug}`,
): Promise<Viewer> {
  const user = await createUser(name);
  const { id } = await db().publisher.findUniqueOrThrow({ where: { slug } });
  await db().publisherMember.create({ data: { publisherId: id, userId: user.id, role } });
  return viewerOf(user.id);
}

export const rolesOf = async (slug: string): Promise<Record<string, PublisherRole>> => {
  const members = await db().publisherMember.findMany({ where: { publisher: { slug } }, include: { user: true } });
  return Object.fromEntries(members.map(({ user, role }) => [user.name ?? '', role]));
};

/** Kinds of the newest audit events, oldest first. */
export async function lastEvents(count: number): Promise<string[]> {
  const events = await db().auditEvent.findMany({
    orderBy: { seq: 'desc' },
    take: count,
    where: { chain: 'instance' },
  });
  return events.map(({ kind }) => kind).reverse();
}

/** The code of a promise that is refused; a promise that is not fails the test. */
export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );

export const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * 86_400_000);

/** A word for each number, none of which a person could take for another: look-alike namespaces are refused. */
export const wordOf = (number: number): string =>
  number
    .toString(8)
    .padStart(3, '0')
    .replace(/\d/g, (digit) => 'abcdefgh'[Number(digit)]!);
