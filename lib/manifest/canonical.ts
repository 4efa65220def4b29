import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonValue, ManifestDigests } from './types.ts';

export type CanonicalJsonErrorCode = 'NOT_CANONICAL_JSON';

/** A value that has no canonical form: lone surrogates, NaN, infinities, cycles, or nothing at all. */
export class CanonicalJsonError extends Error {
  readonly code: CanonicalJsonErrorCode = 'NOT_CANONICAL_JSON';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CanonicalJsonError';
  }
}

/**
 * The RFC 8785 (JCS) form of a JSON value as UTF-8 bytes: keys sorted by UTF-16 code units, no white space, ECMAScript
 * numbers. Members that are `undefined` are left out. Text is not normalized: NFC and NFD forms differ.
 *
 * @throws CanonicalJsonError for values that JSON text cannot hold.
 */
export function canonicalJson(value: JsonValue): Uint8Array<ArrayBuffer> {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (cause) {
    throw new CanonicalJsonError(`The value has no canonical form: ${(cause as Error).message}.`, { cause });
  }
  if (text === undefined) throw new CanonicalJsonError('The value has no canonical form: it is undefined.');
  return new TextEncoder().encode(text);
}

/** Lower-case hex sha256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The two digests a manifest is known by: over its bytes as uploaded, and over the canonical form of its value. */
export function manifestDigests(bytes: Uint8Array, value: JsonValue): ManifestDigests {
  return { manifestSha256: sha256Hex(bytes), manifestJcsSha256: sha256Hex(canonicalJson(value)) };
}
