import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { AllowlistDocument, DsseEnvelope, FeedHead, FeedTrust, RevocationsDocument } from './documents.ts';
import { FeedError, type FeedErrorCode } from './feed-error.ts';
import { algorithmOf, FEED_KEY_ALGORITHMS, keyId } from './keys/key-algorithm.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
const counter = z.int().min(1);
const instant = z.iso.datetime();
const bodyReference = z.object({ sha256, length: z.int().min(0) });

const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).max(32),
}) satisfies z.ZodType<DsseEnvelope>;

const trustKey = z.object({
  keyid: sha256,
  algorithm: z.enum(FEED_KEY_ALGORITHMS),
  pem: z.string().max(4096),
  notAfter: instant.optional(),
});

const headSchema = z.object({
  v: z.literal(1),
  org: z.string().min(1),
  epoch: counter,
  serial: counter,
  issuedAt: instant,
  expires: instant,
  refreshSeconds: z.number().positive(),
  body: bodyReference,
  revocations: bodyReference,
  tufRootVersion: counter,
  offline: z.literal(true).optional(),
  audit: z.object({ seq: counter, hash: sha256 }).optional(),
  revokedKeys: z.array(sha256).max(256).optional(),
  feedKeys: z.array(trustKey).min(1).max(32).optional(),
  recoveryKeys: z.array(trustKey).min(1).max(32).optional(),
}) satisfies z.ZodType<FeedHead>;

/** Bounds on what a list may hold beside its servers: a gateway reads them at every decision. */
const MOST = { environments: 64, narrowings: 2000, text: 4000, name: 200 } as const;
const shortName = z.string().min(1).max(MOST.name);
const digest = z.string().min(1).max(MOST.name);

const text = z.string().max(MOST.text);
const inputs = z.array(
  z.object({
    name: text,
    value: text.optional(),
    isSecret: z.literal(true).optional(),
    description: text.optional(),
  }),
);

const factsSchema = z.object({
  title: text.optional(),
  description: text.optional(),
  websiteUrl: text.optional(),
  repositoryUrl: text.optional(),
  toolCount: z.int().min(0).optional(),
  packages: z.array(z.object({ environment: inputs.optional(), needs: z.array(text).optional() }).nullable()),
  remotes: z.array(z.object({ transport: z.enum(['http', 'sse']), headers: inputs.optional() }).nullable()),
});

const versionSchema = z.object({
  version: z.string().min(1),
  manifestSha256: sha256,
  manifestJcsSha256: sha256,
  toolsDigest: z.string().nullable(),
  tools: z.object({
    default: z.literal('deny'),
    allow: z.array(
      z.object({
        name: z.string(),
        digest: z.string().min(1),
        readOnly: z.literal(true).optional(),
        ask: z.literal(true).optional(),
      }),
    ),
  }),
  packages: z.array(
    z.object({
      registryType: z.string(),
      identifier: z.string(),
      version: z.string().nullable(),
      purl: z.string().nullable(),
      digest: z.string().nullable(),
      command: z.array(z.string()).min(1).nullable(),
    }),
  ),
  remotes: z.array(z.string()),
  signer: z.object({ issuer: z.string(), san: z.string() }).nullable(),
  environments: z.array(shortName).max(MOST.environments).optional(),
  credentialMode: z.enum(['shared', 'personal']).optional(),
  expiresAt: instant.optional(),
  conditions: z.string().max(MOST.text).optional(),
  digests: z
    .object({
      prompts: digest.optional(),
      resources: digest.optional(),
      resourceTemplates: digest.optional(),
      instructions: digest.optional(),
    })
    .optional(),
  facts: factsSchema.optional(),
});

/** Strict: a restriction that this reader does not know must not turn into none. */
const narrowing = z.strictObject({
  name: shortName,
  readOnly: z.boolean(),
  servers: z.array(
    z.strictObject({
      name: z.string().min(1),
      readOnly: z.boolean().optional(),
      tools: z.array(z.string().min(1)).optional(),
      ask: z.array(z.string().min(1)).optional(),
    }),
  ),
});
const narrowings = z.array(narrowing).max(MOST.narrowings);

const allowlistSchema = z.object({
  v: z.literal(1),
  org: z.string().min(1),
  epoch: counter,
  serial: counter,
  generatedAt: instant,
  mode: z.enum(['allowlist', 'lockdown']),
  default: z.literal('deny'),
  onStale: z.enum(['keep', 'block_new', 'deny']),
  graceSeconds: z.number().min(0),
  servers: z.array(z.object({ name: z.string().min(1), versions: z.array(versionSchema) })),
  teams: narrowings.optional(),
  groups: narrowings.optional(),
}) satisfies z.ZodType<AllowlistDocument>;

const revocationsSchema = z.object({
  v: z.literal(1),
  org: z.string().min(1),
  epoch: counter,
  serial: counter,
  generatedAt: instant,
  revocations: z.array(
    z.object({ name: z.string().min(1), version: z.string().optional(), reason: z.string(), at: z.string() }),
  ),
}) satisfies z.ZodType<RevocationsDocument>;

const trustSchema = z.object({
  v: z.literal(1),
  org: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }),
  feedKeys: z.array(trustKey).min(1).max(32),
  threshold: z.int().min(1),
  recoveryKeys: z.array(trustKey).max(32).optional(),
  tufRoot: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<FeedTrust>;

/** The envelope, its base64 not decoded yet. Throws `FEED_MALFORMED`. */
export function parseEnvelope(value: unknown): DsseEnvelope {
  return check(envelopeSchema, value, 'FEED_MALFORMED', 'The feed head is not a DSSE envelope');
}

/** Call it only with bytes whose signature was good. Throws `FEED_MALFORMED`. */
export function parseHead(bytes: Uint8Array): FeedHead {
  return check(headSchema, parseJson(bytes, 'The payload of the feed head'), 'FEED_MALFORMED', 'The feed head');
}

/** Throws `FEED_MALFORMED`; unknown keys are ignored, an unknown `v` or `mode` is refused. */
export function parseAllowlist(bytes: Uint8Array): AllowlistDocument {
  return check(allowlistSchema, parseJson(bytes, 'The allowlist'), 'FEED_MALFORMED', 'The allowlist');
}

/** Throws `FEED_MALFORMED`. */
export function parseRevocations(bytes: Uint8Array): RevocationsDocument {
  return check(revocationsSchema, parseJson(bytes, 'The revocations'), 'FEED_MALFORMED', 'The revocations');
}

/**
 * A trust file that can be used: every key id is that of its key, every algorithm that of its key, and the threshold
 * can be met. Throws `FEED_TRUST_MALFORMED`.
 */
export function parseTrust(value: unknown): FeedTrust {
  const trust = check(trustSchema, value, 'FEED_TRUST_MALFORMED', 'The trust file');
  const ids = new Set(trust.feedKeys.map((key) => publicKeyOf(key) && key.keyid));
  for (const key of trust.recoveryKeys ?? []) publicKeyOf(key);
  if (trust.threshold > ids.size) {
    throw new FeedError(
      'FEED_TRUST_MALFORMED',
      `The trust file asks for ${trust.threshold} signatures but names ${ids.size} feed keys.`,
    );
  }
  return trust;
}

/** The public key of an entry of a trust file. Throws `FEED_TRUST_MALFORMED` when id, algorithm and PEM do not fit. */
export function publicKeyOf(entry: FeedTrust['feedKeys'][number]): KeyObject {
  const name = `The key ${entry.keyid.slice(0, 12)} of the trust file`;
  let key: KeyObject;
  let algorithm: string;
  try {
    key = createPublicKey(entry.pem);
    algorithm = algorithmOf(key);
  } catch (cause) {
    throw new FeedError('FEED_TRUST_MALFORMED', `${name} is no Ed25519 or P-256 public key in PEM.`, { cause });
  }
  if (algorithm !== entry.algorithm) {
    throw new FeedError('FEED_TRUST_MALFORMED', `${name} says ${entry.algorithm} but is ${algorithm}.`);
  }
  if (keyId(key) !== entry.keyid) {
    throw new FeedError('FEED_TRUST_MALFORMED', `${name} has another key id than its PEM: ${keyId(key)}.`);
  }
  return key;
}

/** Throws `FEED_MALFORMED`. */
export function parseJson(bytes: Uint8Array, label: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FeedError('FEED_MALFORMED', `${label} is not JSON in UTF-8.`, { cause });
  }
}

function check<T>(schema: z.ZodType<T>, value: unknown, code: FeedErrorCode, label: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new FeedError(code, `${label} is malformed${where}: ${issue?.message ?? 'not understood'}.`);
}
