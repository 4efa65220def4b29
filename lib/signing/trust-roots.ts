import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { z } from 'zod';
import { SigningError } from './errors.ts';
import { THRESHOLD_MAX, TRUSTED_ROOT_MAX_BYTES } from './limits.ts';
import { shapeFault } from './shape-fault.ts';
import { trustMaterialOf } from './trust-material.ts';
import type { TrustRoot, TrustThresholds } from './types.ts';

const PUBLIC_GOOD_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';
export const PUBLIC_GOOD_NAME = 'public-good';

/**
 * How much evidence a bundle must bring under each kind of root. GitHub's own Sigstore (private repositories) runs
 * neither a transparency log nor a certificate log; its timestamp authority is all there is.
 */
export const DEFAULT_THRESHOLDS = {
  'public-good': { tlog: 1, ctlog: 1, timestamp: 1 },
  github: { tlog: 0, ctlog: 0, timestamp: 1 },
  custom: { tlog: 1, ctlog: 1, timestamp: 1 },
} as const satisfies Record<TrustRoot['kind'], TrustThresholds>;

let publicGood: TrustRoot | undefined;

/**
 * The root of the public-good Sigstore instance as @sigstore/tuf ships it: no network, no clock. It has no expiry;
 * signatures under a log or CA that is newer than the package need a newer package.
 */
export function publicGoodRoot(): TrustRoot {
  publicGood ??= parseTrustRoot({
    name: PUBLIC_GOOD_NAME,
    kind: 'public-good',
    json: Buffer.from(seeds[PUBLIC_GOOD_MIRROR].targets['trusted_root.json'], 'base64').toString('utf8'),
  });
  return publicGood;
}

/** Where the public-good root is kept current, and the TUF root to start from, as @sigstore/tuf ships it. */
export function publicGoodTuf(): { mirror: string; rootText: string } {
  const rootText = Buffer.from(seeds[PUBLIC_GOOD_MIRROR]['root.json'], 'base64').toString('utf8');
  return { mirror: PUBLIC_GOOD_MIRROR, rootText };
}

// A certificate lives ten minutes: without a proven time it could not be checked, hence no zero for `timestamp`.
const thresholds = z.strictObject({
  tlog: z.int().min(0).max(THRESHOLD_MAX),
  ctlog: z.int().min(0).max(THRESHOLD_MAX),
  timestamp: z.int().min(1).max(THRESHOLD_MAX),
});

const description = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z 0-9 . _ - and start with a letter or digit'),
  kind: z.enum(['public-good', 'github', 'custom']),
  thresholds: thresholds.optional(),
  namespaces: z
    .array(z.string().min(1))
    .min(1, 'an empty list admits no namespace; leave it out to admit every namespace')
    .optional(),
});

/**
 * A trust root from a `trusted_root.json`, given as text or as parsed JSON.
 * Thresholds default per kind (`DEFAULT_THRESHOLDS`). Throws SigningError `ROOT_MALFORMED`.
 */
export function parseTrustRoot(input: {
  name: string;
  kind: TrustRoot['kind'];
  json: unknown;
  thresholds?: TrustThresholds;
  namespaces?: string[];
}): TrustRoot {
  const described = description.safeParse(input);
  if (!described.success) {
    throw malformed(`This trust root cannot be used: ${shapeFault(described.error, 'root')}.`);
  }
  const { name, kind, namespaces } = described.data;
  const json = typeof input.json === 'string' ? parseText(input.json) : input.json;
  const material = trustMaterialOf(json);
  const needed = described.data.thresholds ?? DEFAULT_THRESHOLDS[kind];

  if (material.certificateAuthorities.length === 0) {
    throw malformed(`Trust root ${name} needs at least one certificate authority.`);
  }
  if (needed.tlog > 0 && material.tlogs.length === 0) {
    throw malformed(`Trust root ${name} asks for ${needed.tlog} log entry but names no transparency log.`);
  }
  if (needed.ctlog > 0 && material.ctlogs.length === 0) {
    throw malformed(`Trust root ${name} asks for ${needed.ctlog} certificate timestamp but names no certificate log.`);
  }
  if (material.tlogs.length === 0 && material.timestampAuthorities.length === 0) {
    throw malformed(
      `Trust root ${name} names neither a transparency log nor a timestamp authority, so no time can be proven.`,
    );
  }
  return {
    name,
    kind,
    trustedRoot: json,
    thresholds: { ...needed },
    ...(namespaces && { namespaces: [...namespaces] }),
  };
}

/**
 * A root from a `trusted_root.json` given as text, for checks by hand: without the questions that `parseTrustRoot` asks
 * of a root that an instance goes on to trust. Throws SigningError `ROOT_MALFORMED`.
 */
export function bareTrustRoot(text: string): TrustRoot {
  const json = parseText(text);
  trustMaterialOf(json);
  return { name: 'trusted-root', kind: 'custom', trustedRoot: json, thresholds: { ...DEFAULT_THRESHOLDS.custom } };
}

/** True when the root may speak for manifests of this namespace. */
export function rootAdmits(root: TrustRoot, namespace: string): boolean {
  return root.namespaces === undefined || root.namespaces.includes(namespace);
}

function parseText(text: string): unknown {
  if (Buffer.byteLength(text) > TRUSTED_ROOT_MAX_BYTES) {
    throw malformed(`The trusted_root.json is larger than ${TRUSTED_ROOT_MAX_BYTES / 1024} KiB.`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // `gh attestation trusted-root` prints one root a line.
    const several = /\}\s*\n\s*\{/.test(text.trim());
    const hint = several ? ' It holds several JSON documents: give one root at a time.' : '';
    throw malformed(`The trusted_root.json is not JSON.${hint}`, cause);
  }
}

function malformed(message: string, cause?: unknown): SigningError {
  return new SigningError({ code: 'ROOT_MALFORMED', message, cause });
}
