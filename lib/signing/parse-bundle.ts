import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  type Bundle,
  bundleFromJSON,
  ValidationError,
} from '@sigstore/bundle';
import { z } from 'zod';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import { parseStrictJson } from '#lib/manifest/strict-json.ts';
import { SigningError } from './errors.ts';
import { BUNDLE_MAX_BYTES, BUNDLE_MAX_EVIDENCE } from './limits.ts';
import { shapeFault } from './shape-fault.ts';
import type { SigningErrorCode } from './types.ts';

/** Accepted media types: bundle v0.1, v0.2 and both spellings of v0.3. */
export const BUNDLE_MEDIA_TYPES = [
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
] as const;

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'must be base64');
/** An int64 of protobuf's JSON form: text or number. */
const count = z.union([z.string().regex(/^\d{1,19}$/), z.int().nonnegative()], 'must be a whole number');
const few = <T extends z.ZodType>(item: T) =>
  z.array(item).max(BUNDLE_MAX_EVIDENCE, `must have at most ${BUNDLE_MAX_EVIDENCE} items`);

const logEntry = z.looseObject({
  logIndex: count.nullish(),
  logId: z.looseObject({ keyId: base64 }),
  kindVersion: z.looseObject({ kind: z.string(), version: z.string() }),
  integratedTime: count.nullish(),
  inclusionPromise: z.looseObject({ signedEntryTimestamp: base64 }).nullish(),
  inclusionProof: z
    .looseObject({
      logIndex: count.nullish(),
      treeSize: count.nullish(),
      rootHash: base64,
      hashes: z.array(base64).max(64, 'must have at most 64 items').nullish(),
      checkpoint: z.looseObject({ envelope: z.string() }).nullish(),
    })
    .nullish(),
  canonicalizedBody: base64,
});

const certificate = z.looseObject({ rawBytes: base64.min(1, 'must not be empty') });

const bundleShape = z.looseObject({
  verificationMaterial: z.looseObject({
    certificate: certificate.nullish(),
    x509CertificateChain: z.looseObject({ certificates: few(certificate).min(1, 'must not be empty') }).nullish(),
    publicKey: z.looseObject({ hint: z.string().nullish() }).nullish(),
    tlogEntries: few(logEntry).nullish(),
    timestampVerificationData: z
      .looseObject({ rfc3161Timestamps: few(z.looseObject({ signedTimestamp: base64 })).nullish() })
      .nullish(),
  }),
  messageSignature: z
    .looseObject({
      messageDigest: z.looseObject({ algorithm: z.string(), digest: base64 }).nullish(),
      signature: base64.nullish(),
    })
    .nullish(),
  dsseEnvelope: z
    .looseObject({
      payload: base64,
      payloadType: z.string(),
      signatures: z.array(z.looseObject({ sig: base64.nullish(), keyid: z.string().nullish() })).nullish(),
    })
    .nullish(),
});

export type BundleInput = { bundle: unknown } | { bundleBytes: Uint8Array };

/**
 * Text and sha256 (lower-case hex) of a bundle: over the bytes as given, or over `JSON.stringify` of an already parsed
 * one. Throws SigningError `BUNDLE_TOO_LARGE`, or `BUNDLE_MALFORMED` when a parsed value cannot be written as JSON.
 */
export function measureBundle(input: BundleInput): { bytes: Uint8Array; sha256: string } {
  const bytes = 'bundleBytes' in input ? input.bundleBytes : Buffer.from(toJson(input.bundle), 'utf8');
  if (bytes.byteLength > BUNDLE_MAX_BYTES) {
    throw fault(
      'BUNDLE_TOO_LARGE',
      `The bundle has ${bytes.byteLength} bytes; at most ${BUNDLE_MAX_BYTES} are accepted (real ones have 2 to 11 KB).`,
    );
  }
  return { bytes, sha256: sha256Hex(bytes) };
}

/**
 * A bundle v0.1 to v0.3, checked for shape only. `isKeyAllowed` also takes one that was made with a bare key.
 * Throws SigningError `BUNDLE_MALFORMED`, `BUNDLE_UNSUPPORTED`, `KEY_NOT_SUPPORTED` (a bare public key) or
 * `SIGNATURE_INVALID` (the signature was left out).
 */
export function parseBundle(bytes: Uint8Array, { isKeyAllowed = false } = {}): Bundle {
  const json = parseJson(bytes);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const seen = json === null ? 'null' : Array.isArray(json) ? 'a list' : `a ${typeof json}`;
    throw fault('BUNDLE_MALFORMED', `A Sigstore bundle is a JSON object; this is ${seen}.`);
  }
  requireFormat(json as Record<string, unknown>);

  const checked = bundleShape.safeParse(json);
  if (!checked.success) {
    throw fault('BUNDLE_MALFORMED', `The bundle is not well-formed: ${shapeFault(checked.error, 'bundle')}.`);
  }
  const { verificationMaterial: material, messageSignature, dsseEnvelope } = checked.data;
  requireOne('verificationMaterial', {
    certificate: material.certificate,
    x509CertificateChain: material.x509CertificateChain,
    publicKey: material.publicKey,
  });
  requireOne('the bundle', { messageSignature, dsseEnvelope });
  if (material.publicKey && !isKeyAllowed) {
    throw fault(
      'KEY_NOT_SUPPORTED',
      'This bundle was made with a bare key. Only certificates name a signer: sign keyless, for example with `hallmark sign`.',
    );
  }
  requireSignature(
    messageSignature ? [messageSignature.signature] : (dsseEnvelope?.signatures ?? []).map((s) => s.sig),
  );

  try {
    return bundleFromJSON(json);
  } catch (cause) {
    const fields = cause instanceof ValidationError ? `: ${cause.fields.join(', ')}` : '';
    throw fault('BUNDLE_MALFORMED', `The bundle misses or breaks required fields${fields}.`, cause);
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw fault(
      'BUNDLE_MALFORMED',
      'The bundle cannot be written as JSON: it is nested too deeply or refers to itself.',
      cause,
    );
  }
}

/** Strict, so that no other verifier can read another bundle from the same bytes (duplicate keys, among others). */
function parseJson(bytes: Uint8Array): unknown {
  const parsed = parseStrictJson(bytes, { maxBytes: BUNDLE_MAX_BYTES });
  if (parsed.ok) return parsed.value;
  // `gh attestation download` writes one bundle a line.
  const hint = /\}\s*\n\s*\{/.test(Buffer.from(bytes).toString('latin1'))
    ? ' It may hold several JSON documents: send one bundle.'
    : '';
  throw fault(
    'BUNDLE_MALFORMED',
    `The bundle is not readable JSON: ${parsed.issues[0]?.message ?? 'no reason.'}${hint}`,
  );
}

function requireFormat(json: Record<string, unknown>): void {
  if ('base64Signature' in json || 'rekorBundle' in json) {
    throw fault(
      'BUNDLE_UNSUPPORTED',
      "This is cosign's old bundle format. Sign again with cosign 3, or with cosign 2 and --new-bundle-format.",
    );
  }
  const seen = json.mediaType;
  if (typeof seen !== 'string') {
    throw fault('BUNDLE_MALFORMED', 'The bundle has no mediaType; expected a Sigstore bundle v0.1 to v0.3.');
  }
  if (!(BUNDLE_MEDIA_TYPES as readonly string[]).includes(seen)) {
    throw fault(
      'BUNDLE_UNSUPPORTED',
      `The bundle's mediaType is ${quote(seen)}; accepted are Sigstore bundles v0.1 to v0.3.`,
    );
  }
}

function requireOne(where: string, choices: Record<string, unknown>): void {
  const present = Object.keys(choices).filter((key) => choices[key] !== undefined && choices[key] !== null);
  if (present.length !== 1) {
    const seen = present.length === 0 ? 'none' : present.join(' and ');
    throw fault(
      'BUNDLE_MALFORMED',
      `Expected in ${where} exactly one of ${Object.keys(choices).join(', ')}; found ${seen}.`,
    );
  }
}

function requireSignature(signatures: (string | null | undefined)[]): void {
  if (signatures.length > 1) {
    throw fault(
      'BUNDLE_UNSUPPORTED',
      `The bundle carries ${signatures.length} signatures; a Sigstore bundle carries one.`,
    );
  }
  if (!signatures[0]) throw fault('SIGNATURE_INVALID', 'The bundle carries no signature.');
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function fault(code: SigningErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
