import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Proof, ProvenAuthority } from '#lib/publishers/proofs/types.ts';

/** The official registry's own, to the letter: its clients look at nothing, but people compare. */
const ISSUER = 'mcp-registry';
const LIFETIME_SECONDS = 300;
const REFUSED = 'Invalid or expired Registry JWT token';

/** PKCS#8 of an Ed25519 key up to its 32 bytes (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const claimsSchema = z.object({
  auth_method: z.enum(['github-at', 'github-oidc', 'dns', 'http', 'none', 'oidc']),
  auth_method_sub: z.string(),
  permissions: z.array(z.strictObject({ action: z.enum(['publish', 'edit']), resource: z.string().min(1) })),
  proof: z.unknown(),
});

export type RegistryToken = {
  registry_token: string;
  /** Unix time in seconds. */
  expires_at: number;
};

/**
 * A registry token for what a login showed: an EdDSA JWT that lives five minutes, with the claims of the official
 * registry, the audience (this instance's address), an id, and the proof that a namespace is held by.
 */
export async function issueRegistryToken({
  authority,
  now,
}: {
  authority: ProvenAuthority;
  now: Date;
}): Promise<RegistryToken> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const expiresAt = issuedAt + LIFETIME_SECONDS;
  const token = await new SignJWT({
    auth_method: authority.method,
    auth_method_sub: authority.subject,
    permissions: authority.permissions,
    proof: authority.proof,
  })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(config().publicUrl)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(expiresAt)
    .sign((await signingKeys()).privateKey);
  return { registry_token: token, expires_at: expiresAt };
}

/**
 * What the token says, if this instance made it for itself and it lives. Throws UNAUTHENTICATED with `details.reason`, or
 * TOKEN_AUDIENCE for a token that was made for another registry.
 */
export async function verifyRegistryToken({ token, now }: { token: string; now: Date }): Promise<ProvenAuthority> {
  const audience = config().publicUrl;
  try {
    const { publicKey } = await signingKeys();
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ['EdDSA'],
      issuer: ISSUER,
      audience,
      currentDate: now,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    const claims = claimsSchema.parse(payload);
    return {
      method: claims.auth_method,
      subject: claims.auth_method_sub,
      permissions: claims.permissions,
      // Signed by this instance, so it has the form that it was issued in.
      proof: (claims.proof ?? null) as Proof | null,
    };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const other = audienceOf(token);
    if (other !== null && other !== audience) {
      throw new DomainError('TOKEN_AUDIENCE', `${REFUSED}: it was made for another registry than ${audience}.`);
    }
    throw new DomainError('UNAUTHENTICATED', REFUSED, { reason: reasonOf(error) });
  }
}

/** Read without trust, only to say why a refused token was refused. */
function audienceOf(token: string): string | null {
  try {
    const { aud } = decodeJwt(token);
    return typeof aud === 'string' ? aud : (aud?.[0] ?? null);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'TOKEN_ALGORITHM';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE';
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === 'iss' ? 'TOKEN_ISSUER' : 'TOKEN_CLAIMS';
  return 'TOKEN_MALFORMED';
}

/**
 * The key pair of this instance, derived from the master key: all processes agree on it and nothing more has to be kept.
 * Throws KEYS_UNAVAILABLE.
 */
async function signingKeys(): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  const masterKey = await instanceMasterKey().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : 'no master key';
    throw new DomainError('KEYS_UNAVAILABLE', `Registry tokens cannot be made or read: ${why}`);
  });
  const seed = hkdfSync('sha256', masterKey.key, Buffer.alloc(0), 'hallmark registry token Ed25519 v1', 32);
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, Buffer.from(seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}
