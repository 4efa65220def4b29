import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify';
import { z } from 'zod';
import { SigningError } from './errors.ts';
import { shapeFault } from './shape-fault.ts';

/** `trusted_root.json` formats, see sigstore/protobuf-specs `sigstore_trustroot.proto`. */
export const TRUSTED_ROOT_MEDIA_TYPES = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
] as const;

const bytes = z
  .string()
  .min(1)
  .regex(/^[A-Za-z0-9+/_-]+={0,2}$/, 'must be base64');
const time = z.iso.datetime({ offset: true });
const period = z.looseObject({ start: time.nullish(), end: time.nullish() });

const log = z.looseObject({
  baseUrl: z.string(),
  hashAlgorithm: z.string(),
  publicKey: z.looseObject({
    rawBytes: bytes,
    keyDetails: z.string(),
    // The library takes a key without a start as valid since ever, so that a key put in by mistake or malice would
    // vouch for the past too.
    validFor: z.looseObject(
      {
        start: z.iso.datetime({ offset: true, error: 'a log key needs the start of its validity' }),
        end: time.nullish(),
      },
      'a log key needs the start of its validity',
    ),
  }),
  logId: z.looseObject({ keyId: bytes }),
  checkpointKeyId: z.looseObject({ keyId: bytes }).nullish(),
});

const authority = z.looseObject({
  certChain: z.looseObject({ certificates: z.array(z.looseObject({ rawBytes: bytes })).min(1) }),
  validFor: period.nullish(),
});

const trustedRoot = z.looseObject({
  mediaType: z.enum(TRUSTED_ROOT_MEDIA_TYPES),
  tlogs: z.array(log).default([]),
  ctlogs: z.array(log).default([]),
  certificateAuthorities: z.array(authority).default([]),
  timestampAuthorities: z.array(authority).default([]),
});

const known = new WeakMap<object, TrustMaterial>();

/**
 * Keys and certificates of a `trusted_root.json` given as parsed JSON.
 * Throws SigningError `ROOT_MALFORMED` for anything that is missing or unreadable, also for a log key without
 * `validFor.start`. Remembers the answer per object: do not change a root after it was used.
 */
export function trustMaterialOf(json: unknown): TrustMaterial {
  const isObject = typeof json === 'object' && json !== null;
  const remembered = isObject ? known.get(json) : undefined;
  if (remembered) return remembered;

  const checked = trustedRoot.safeParse(json);
  if (!checked.success) {
    throw malformed(shapeFault(checked.error, 'trusted_root.json'));
  }
  try {
    const material = toTrustMaterial(TrustedRoot.fromJSON(json));
    if (isObject) known.set(json, material);
    return material;
  } catch (cause) {
    throw malformed('a key or certificate in it cannot be read', cause);
  }
}

function malformed(detail: string, cause?: unknown): SigningError {
  return new SigningError({
    code: 'ROOT_MALFORMED',
    message: `This is not a usable trusted_root.json: ${detail}.`,
    cause,
  });
}
