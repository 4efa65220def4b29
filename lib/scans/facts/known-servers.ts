import { db, type Tx } from '#lib/db/db.ts';
import { isJsonObject, textOf } from '#lib/manifest/json-object.ts';
import type { Holder, KnownServer } from '#scanners/facts.ts';

/** Names that are compared with; the most used ones of proven namespaces come first. */
const MAX_KNOWN = 1_000;

type Row = {
  name: string;
  title: string | null;
  packages: unknown;
  slug: string | null;
  isProven: boolean | null;
  uses: number;
};

/** The servers of this catalog that others may pretend to be: those of proven namespaces, and those that organizations allow. */
export async function knownServers(tx: Tx = db()): Promise<KnownServer[]> {
  const rows = await tx.$queryRaw<Row[]>`
    select s.name, v.manifest->>'title' as title, v.manifest->'packages' as packages, p.slug, n."isProven",
      (select count(*)::int from "AllowlistEntry" a where a."serverId" = s.id and a.state = 'approved') as uses
    from "Server" s
    join "Version" v on v."serverId" = s.id and v."isLatest" and v.status = 'active'
    left join "Namespace" n on n.name = s.namespace
    left join "Publisher" p on p.id = n."publisherId"
    where n."isProven" or exists (select 1 from "AllowlistEntry" a where a."serverId" = s.id and a.state = 'approved')
    order by (n."isProven" is true) desc, uses desc, s.name
    limit ${MAX_KNOWN}`;
  return rows.map(({ name, title, packages, slug, isProven, uses }) => ({
    name,
    title,
    holder: slug === null ? null : { slug, isVerified: isProven === true },
    uses,
    packages: packagesOf(packages),
  }));
}

function packagesOf(value: unknown): KnownServer['packages'] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).flatMap((pkg) => {
    const [registryType, identifier] = [textOf(pkg, 'registryType'), textOf(pkg, 'identifier')];
    return registryType === undefined || identifier === undefined ? [] : [{ registryType, identifier }];
  });
}

/** Who holds a namespace here. */
export async function holderOf(namespace: string, tx: Tx = db()): Promise<Holder | null> {
  const held = await tx.namespace.findUnique({
    where: { name: namespace },
    select: { isProven: true, publisher: { select: { slug: true } } },
  });
  return held && { slug: held.publisher.slug, isVerified: held.isProven };
}
