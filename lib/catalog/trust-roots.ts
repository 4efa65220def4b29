import fs from 'node:fs';
import { type Config, ConfigError } from '#lib/config/config.ts';
import { type Db, db, Prisma, type Tx } from '#lib/db/db.ts';
import { canonicalJson, sha256Hex } from '#lib/manifest/index.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import type { TufFiles } from '#lib/signing/fetch-trusted-root.ts';
import {
  DEFAULT_THRESHOLDS,
  PUBLIC_GOOD_NAME,
  parseTrustRoot,
  publicGoodRoot,
  SigningError,
  type TrustRoot,
} from '#lib/signing/index.ts';

/** `TrustRoot.tufRoot`: what was accepted of the TUF repository so far. */
export type TufState = {
  files: TufFiles;
  /** Of the public-good root: digest of the one that the program shipped when this one came. */
  shippedSha256?: string;
};

/** Prefix of the source of a root that HALLMARK_TRUST_ROOTS names. */
export const FILE_SOURCE = 'file ';

/**
 * Every Sigstore root that this instance trusts: the public-good one, then the others by name. Of the public-good root
 * the refreshed one counts as long as it can be used, and the shipped one otherwise. Never both: a key that Sigstore
 * took out must not live on in the older root.
 */
export async function loadTrustRoots(tx: Tx | Db = db()): Promise<TrustRoot[]> {
  const rows = await tx.trustRoot.findMany({ orderBy: { name: 'asc' } });
  const roots = rows.map(rootOfRow);
  const refreshed = rows.find(({ name }) => name === PUBLIC_GOOD_NAME);
  const others = roots.filter(({ name }) => name !== PUBLIC_GOOD_NAME);
  return [(refreshed && usablePublicGood(refreshed)) ?? publicGoodRoot(), ...others];
}

export type TrustRootRow = Prisma.TrustRootGetPayload<Record<string, never>>;

function rootOfRow(row: TrustRootRow): TrustRoot {
  return {
    name: row.name,
    kind: row.kind as TrustRoot['kind'],
    trustedRoot: row.trustedRoot,
    thresholds: row.thresholds as TrustRoot['thresholds'],
    ...(row.namespaces.length > 0 ? { namespaces: row.namespaces } : {}),
  };
}

/**
 * The stored public-good root, or null when it cannot be used: it does not parse, or the program ships another one than
 * when it was fetched, so that nobody knows which of the two is newer until the next refresh.
 */
export function usablePublicGood(row: TrustRootRow): TrustRoot | null {
  const { shippedSha256 } = (row.tufRoot ?? {}) as Partial<TufState>;
  if (shippedSha256 !== undefined && shippedSha256 !== shippedRootSha256()) return null;
  try {
    const { name, kind, trustedRoot, thresholds } = rootOfRow(row);
    return parseTrustRoot({ name, kind, json: trustedRoot, thresholds });
  } catch {
    return null;
  }
}

export function shippedRootSha256(): string {
  return trustedRootSha256(publicGoodRoot().trustedRoot);
}

/** Over the RFC 8785 form, as PostgreSQL gives members back in another order. */
export function trustedRootSha256(trustedRoot: unknown): string {
  return sha256Hex(canonicalJson(trustedRoot as JsonValue));
}

/** Adds or replaces a root after checking that it can be used. Throws SigningError ROOT_MALFORMED. */
export async function saveTrustRoot(
  input: {
    name: string;
    kind: TrustRoot['kind'];
    json: unknown;
    thresholds?: TrustRoot['thresholds'];
    namespaces?: string[];
    source: string;
    tuf?: { mirror: string; state: TufState } | null;
    now?: Date;
  },
  tx: Tx | Db = db(),
): Promise<void> {
  if ((input.name === PUBLIC_GOOD_NAME) !== (input.kind === 'public-good')) {
    const message = `The name ${PUBLIC_GOOD_NAME} and the kind public-good belong together: give this root another name or kind.`;
    throw new SigningError({ code: 'ROOT_MALFORMED', message });
  }
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
    sha256: trustedRootSha256(root.trustedRoot),
    thresholds: root.thresholds ?? DEFAULT_THRESHOLDS[root.kind],
    namespaces: root.namespaces ?? [],
    source: input.source,
    fetchedAt: input.now ?? new Date(),
    checkedAt: input.now ?? new Date(),
    lastError: Prisma.DbNull,
    tufMirror: input.tuf?.mirror ?? null,
    tufRoot: input.tuf ? (input.tuf.state as Prisma.InputJsonObject) : Prisma.DbNull,
  };
  await tx.trustRoot.upsert({ where: { name: root.name }, create: { name: root.name, ...row }, update: row });
}

/** Reads the files of HALLMARK_TRUST_ROOTS without a database. Throws ConfigError for the first that cannot be used. */
export function checkConfiguredRoots(settings: Config): void {
  for (const file of settings.HALLMARK_TRUST_ROOTS) readConfiguredRoot(file);
}

function readConfiguredRoot(file: string) {
  try {
    const { name, kind, trustedRoot, thresholds, namespaces } = JSON.parse(fs.readFileSync(file, 'utf8'));
    const root = { name, kind: kind ?? 'custom', json: trustedRoot, thresholds, namespaces };
    parseTrustRoot(root);
    return root;
  } catch (error) {
    throw unusableRoot(file, error);
  }
}

function unusableRoot(file: string, error: unknown): ConfigError {
  const reason = (error instanceof Error ? error.message : String(error)).replace(/\.+$/, '');
  return new ConfigError(
    `HALLMARK_TRUST_ROOTS names ${file}, which cannot be used: ${reason}. A root file looks like {"name": "acme", "kind": "custom", "trustedRoot": {…}}.`,
  );
}

/** Takes over the roots that HALLMARK_TRUST_ROOTS names and drops those that it no longer names. A bad file stops the start. */
export async function syncConfiguredRoots(settings: Config): Promise<void> {
  const kept: string[] = [];
  for (const file of settings.HALLMARK_TRUST_ROOTS) {
    const root = readConfiguredRoot(file);
    try {
      await saveTrustRoot({ ...root, source: `${FILE_SOURCE}${file}` });
      kept.push(root.name);
    } catch (error) {
      throw unusableRoot(file, error);
    }
  }
  await db().trustRoot.deleteMany({ where: { source: { startsWith: FILE_SOURCE }, name: { notIn: kept } } });
}
