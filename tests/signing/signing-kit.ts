import { expect } from 'vitest';
import { manifestDigests } from '#lib/manifest/index.ts';
import type { SigningErrorCode, TrustRoot, VerificationResult } from '#lib/signing/types.ts';
import { verifyManifestBundle } from '#lib/signing/verify-bundle.ts';

const manifest = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: 'io.github.acme/weather',
  description: 'Weather of the next three days',
  version: '1.0.0',
  repository: { url: 'https://github.com/acme/weather', source: 'github' },
  packages: [{ registryType: 'npm', identifier: '@acme/weather', version: '1.0.0', transport: { type: 'stdio' } }],
};

/** A valid server.json as a person writes it. */
export const MANIFEST = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
/** The same manifest on one line: other bytes, the same RFC 8785 form. */
export const MANIFEST_ON_ONE_LINE = Buffer.from(JSON.stringify(manifest));
/** Another version of it. */
export const OTHER_MANIFEST = Buffer.from(JSON.stringify({ ...manifest, version: '1.0.1' }));

export function digestsOf(bytes: Uint8Array) {
  return manifestDigests(bytes, JSON.parse(Buffer.from(bytes).toString('utf8')));
}

/** Verifies a parsed bundle; everything but the bundle and the roots has a default that fits MANIFEST. */
export function verify(
  bundle: unknown,
  roots: TrustRoot[],
  { manifestBytes = MANIFEST, namespace = 'io.github.acme' }: { manifestBytes?: Buffer; namespace?: string } = {},
): VerificationResult {
  return verifyManifestBundle({ bundle, manifestBytes, digests: digestsOf(manifestBytes), namespace, roots });
}

export function accepted(result: VerificationResult): Extract<VerificationResult, { ok: true }> {
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) throw new Error(result.message);
  return result;
}

/** Refused with this code and a whole sentence that matches. */
export function expectRefusal(result: VerificationResult, code: SigningErrorCode, sentence: RegExp): void {
  expect(result).toMatchObject({ ok: false, code });
  if (result.ok) return;
  expect(result.message).toMatch(sentence);
  expect(result.message).toMatch(/^\S.*\.$/s);
}

// Tests put in what no type would allow.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Json = any;

/** A deep copy with one change. */
export function changed(value: object, change: (copy: Json) => void): Json {
  const copy = structuredClone(value);
  change(copy);
  return copy;
}

/** Base64 of the same bytes with the last bit flipped. */
export function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}
