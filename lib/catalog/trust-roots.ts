import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { type Config, ConfigError } from '#lib/config/config.ts';
import { type Db, db, type Tx } from '#lib/db/db.ts';
import { DEFAULT_THRESHOLDS, parseTrustRoot, publicGoodRoot, type TrustRoot } from '#lib/signing/index.ts';

/** Every Sigstore root that this instance trusts: the public-good one of the program, then the custom ones. */
export async function loadTrustRoots(tx: Tx | Db = db()): Promise<TrustRoot[]> {
  const rows = await tx.trustRoot.findMany({ orderBy: { name: 'asc' } });
  return [
    publicGoodRoot(),
    ...rows.map((row) => ({
      name: row.name,
      kind: row.kind as TrustRoot['kind'],
      trustedRoot: row.trustedRoot,
      thresholds: row.thresholds as TrustRoot['thresholds'],
      ...(row.namespaces.length > 0 ? { namespaces: row.namespaces } : {}),
    })),
  ];
}

/** Adds or replaces a custom root after checking that it can be used. Throws SigningError ROOT_MALFORMED. */
export async function saveTrustRoot(
  input: {
    name: string;
    kind: TrustRoot['kind'];
    json: unknown;
    thresholds?: TrustRoot['thresholds'];
    namespaces?: string[];
    source: string;
  },
  tx: Tx | Db = db(),
): Promise<void> {
  const root = parseTrustRoot({
    name: input.name,
    kind: input.kind,
    json: input.json,
    thresholds: input.thresholds,
    namespaces: input.namespaces,
  });
  const row = {
    kind: root.kind,
    trustedRoot: root.trustedRoot as object,
    sha256: createHash('sha256').update(JSON.stringify(root.trustedRoot)).digest('hex'),
    thresholds: root.thresholds ?? DEFAULT_THRESHOLDS[root.kind],
    namespaces: root.namespaces ?? [],
    source: input.source,
  };
  await tx.trustRoot.upsert({ where: { name: root.name }, create: { name: root.name, ...row }, update: row });
}

/** Takes over the roots that HALLMARK_TRUST_ROOTS names and drops those that it no longer names. A bad file stops the start. */
export async function syncConfiguredRoots(settings: Config): Promise<void> {
  const kept: string[] = [];
  for (const file of settings.HALLMARK_TRUST_ROOTS) {
    try {
      const { name, kind, trustedRoot, thresholds, namespaces } = JSON.parse(fs.readFileSync(file, 'utf8'));
      await saveTrustRoot({
        name,
        kind: kind ?? 'custom',
        json: trustedRoot,
        thresholds,
        namespaces,
        source: `file ${file}`,
      });
      kept.push(name);
    } catch (error) {
      throw new ConfigError(
        `HALLMARK_TRUST_ROOTS names ${file}, which cannot be used: ${error instanceof Error ? error.message : error}. A root file looks like {"name": "acme", "kind": "custom", "trustedRoot": {…}}.`,
      );
    }
  }
  await db().trustRoot.deleteMany({ where: { source: { startsWith: 'file ' }, name: { notIn: kept } } });
}
