import { isByHolder } from '#lib/catalog/marks.ts';
import type { RegistryRow } from '#lib/catalog/registry-rows.ts';

/** Key of our trust facts in the response-level `_meta`, beside the official one, which admits no further members. */
export const TRUST_META_KEY = 'dev.hallmark/trust';
export const OFFICIAL_META_KEY = 'io.modelcontextprotocol.registry/official';

/**
 * `ServerResponse` as JSON text. `server` is spliced in as the bytes that were uploaded: parsing and writing it again
 * could change what was signed.
 */
export function serverResponse(row: RegistryRow): string {
  return `{"server":${Buffer.from(row.manifestBytes).toString('utf8').trim()},"_meta":${JSON.stringify(metaOf(row))}}`;
}

/** `ServerList` as JSON text. */
export function serverList(rows: RegistryRow[], nextCursor: string | null): string {
  const metadata = { ...(nextCursor ? { nextCursor } : {}), count: rows.length };
  return `{"servers":[${rows.map(serverResponse).join(',')}],"metadata":${JSON.stringify(metadata)}}`;
}

function metaOf(row: RegistryRow) {
  return {
    [OFFICIAL_META_KEY]: {
      status: row.status,
      ...(row.statusMessage ? { statusMessage: row.statusMessage } : {}),
      statusChangedAt: row.statusChangedAt.toISOString(),
      publishedAt: row.publishedAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
      isLatest: row.isLatest,
    },
    [TRUST_META_KEY]: {
      origin: row.origin,
      publisher: isByHolder(row.origin, row.holderProof)
        ? { level: row.holderLevel ?? 'unverified', slug: row.holderSlug }
        : { level: 'unverified', slug: null },
      signature: { state: row.signatureState.replace('_', '-'), provenance: row.provenanceState },
      scan: {
        grade: row.grade,
        coverage: row.coverage ?? null,
        scannedAt: row.scannedAt?.toISOString() ?? null,
        rulesetVersion: row.rulesetVersion,
      },
      risk: row.risk,
      ...(row.movedTo ? { movedTo: row.movedTo } : {}),
      ...(row.signerChange ? { signerChange: row.signerChange } : {}),
      packages: row.packageChecks ?? [],
      manifestSha256: row.manifestSha256,
      manifestJcsSha256: row.manifestJcsSha256,
      toolsDigest: row.toolsDigest,
      ...(row.approval ? { approval: row.approval } : {}),
    },
  };
}
