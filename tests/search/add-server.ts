import { createHash } from 'node:crypto';
import type { Db, Prisma } from '#lib/db/db.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

/** Writes a server with one version, and a scan where one is given, straight into the catalog. Returns the server's id. */
export async function addServer(
  db: Db,
  {
    name,
    description,
    manifest = {},
    version = '1.0.0',
    scan,
    ...columns
  }: {
    name: string;
    description: string;
    manifest?: JsonObject;
    version?: string;
    scan?: Omit<Prisma.ScanUncheckedCreateInput, 'versionId' | 'reason'>;
    category?: string;
    tags?: string[];
    row?: Partial<Prisma.VersionUncheckedCreateInput>;
  },
): Promise<string> {
  const { row = {}, category, tags } = columns;
  const server = await db.server.upsert({
    where: { name },
    create: { name, namespace: name.split('/')[0]!, category, tags },
    update: {},
  });
  const whole = { name, description, version, ...manifest };
  const bytes = Buffer.from(JSON.stringify(whole));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const created = await db.version.create({
    data: {
      serverId: server.id,
      serverName: name,
      version,
      manifestBytes: bytes,
      manifest: whole,
      manifestSha256: sha256,
      manifestJcsSha256: sha256,
      origin: 'published',
      isLatest: true,
      ...row,
    },
  });
  if (scan) {
    const { id } = await db.scan.create({ data: { versionId: created.id, reason: 'published', ...scan } });
    if (scan.status === 'done') await db.version.update({ where: { id: created.id }, data: { currentScanId: id } });
  }
  return server.id;
}
