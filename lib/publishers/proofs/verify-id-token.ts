import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Outbound } from '#lib/outbound/index.ts';
import { failureOf, ProofFailure, shown } from './proof-check.ts';
import type { OneTime } from './spend-proof.ts';

const MAX_TOKEN = 16 * 1024;
const CLOCK_TOLERANCE_SECONDS = 15;
/** Identity tokens live minutes; one that claims to be older than this was kept by somebody. */
const MAX_AGE_SECONDS = 3600;
const KEYS_FOR_MS = 10 * 60_000;
/** A token with an unknown key is reason to look again, but not once a request. */
const LOOK_AGAIN_MS = 30_000;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

export type IdToken = { claims: JWTPayload; oneTime: OneTime };

/**
 * The claims of an OpenID Connect token by this issuer for one of these audiences. Keys come from the issuer's discovery
 * document. Throws ProofFailure with a TOKEN_… code or ISSUER_UNAVAILABLE.
 */
export async function verifyIdToken({
  token,
  issuer,
  audiences,
  algorithms,
  now,
  outbound,
}: {
  token: string;
  issuer: string;
  audiences: string[];
  algorithms: string[];
  now: Date;
  outbound: Outbound;
}): Promise<IdToken> {
  requirePlausible({ token, issuer, audiences });
  for (let isSecondLook = false; ; isSecondLook = true) {
    const keys = await keysOf({ issuer, outbound, now, isSecondLook });
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
        issuer,
        audience: audiences,
        algorithms,
        currentDate: now,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: MAX_AGE_SECONDS,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      return { claims: payload, oneTime: tokenOnce(token, payload) };
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && !isSecondLook) continue;
      throw faultOf(error, issuer, audiences);
    }
  }
}

/** Whether it is worth asking the issuer at all: nothing here is trusted, it only refuses. */
function requirePlausible({ token, issuer, audiences }: { token: string; issuer: string; audiences: string[] }): void {
  let claims: JWTPayload;
  try {
    if (token.length > MAX_TOKEN) throw new Error('too long');
    claims = decodeJwt(token);
  } catch {
    throw new ProofFailure('TOKEN_MALFORMED', 'This is no JSON Web Token.');
  }
  if (claims.iss !== issuer) {
    throw new ProofFailure(
      'TOKEN_ISSUER',
      `The token comes from ${shown(String(claims.iss), 200)}, not from ${issuer}.`,
    );
  }
  const given = [claims.aud].flat().filter((audience) => typeof audience === 'string');
  if (!given.some((audience) => audiences.includes(audience))) throw wrongAudience(given, audiences);
}

const wrongAudience = (given: string[], audiences: string[]) =>
  new ProofFailure(
    'TOKEN_AUDIENCE',
    `The token was made for ${shown(given.join(', ') || 'nobody', 200)}. Ask for one with the audience ${audiences[0]}.`,
  );

/** The signed text, not the token: the encoding of a signature has bits that mean nothing. */
const tokenOnce = (token: string, { exp }: JWTPayload): OneTime => ({
  parts: ['token', token.slice(0, token.lastIndexOf('.'))],
  validUntil: new Date((exp! + CLOCK_TOLERANCE_SECONDS) * 1000),
  what: 'token',
});

function faultOf(error: unknown, issuer: string, audiences: string[]): ProofFailure {
  if (error instanceof errors.JWTExpired) {
    return new ProofFailure('TOKEN_EXPIRED', 'The token has expired. Ask for a new one and log in at once.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return new ProofFailure('TOKEN_ALGORITHM', 'The token is signed with an algorithm that is not accepted.');
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return wrongAudience([error.payload.aud ?? []].flat(), audiences);
    if (error.claim === 'nbf' || error.claim === 'iat') {
      return new ProofFailure('TOKEN_EXPIRED', 'The token is not valid yet, or it does not say since when.');
    }
    return new ProofFailure('TOKEN_MALFORMED', `The claim ${shown(error.claim, 40)} of the token is missing or wrong.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return new ProofFailure('TOKEN_SIGNATURE', `The token was not signed by a key of ${issuer}.`);
  }
  return new ProofFailure('TOKEN_MALFORMED', 'This is no signed JSON Web Token that can be verified.');
}

type Kept = { keys: JSONWebKeySet; at: number };

/** By client, because a client decides what can be reached at all. */
const kept = new WeakMap<Outbound, Map<string, Kept>>();

async function keysOf({
  issuer,
  outbound,
  now,
  isSecondLook,
}: {
  issuer: string;
  outbound: Outbound;
  now: Date;
  isSecondLook: boolean;
}): Promise<JSONWebKeySet> {
  const ofClient = kept.get(outbound) ?? new Map<string, Kept>();
  kept.set(outbound, ofClient);
  const known = ofClient.get(issuer);
  const age = known ? Math.abs(now.getTime() - known.at) : Number.POSITIVE_INFINITY;
  if (known && age < (isSecondLook ? LOOK_AGAIN_MS : KEYS_FOR_MS)) return known.keys;
  const keys = await readKeys(issuer, outbound);
  ofClient.set(issuer, { keys, at: now.getTime() });
  return keys;
}

async function readKeys(issuer: string, outbound: Outbound): Promise<JSONWebKeySet> {
  const document = await readJson(`${issuer}/.well-known/openid-configuration`, issuer, outbound, discovery);
  if (document.issuer !== issuer) {
    throw new ProofFailure('ISSUER_UNAVAILABLE', `${issuer} says that it is ${shown(document.issuer, 200)}.`);
  }
  return (await readJson(document.jwks_uri, issuer, outbound, keySet)) as JSONWebKeySet;
}

async function readJson<T>(url: string, issuer: string, outbound: Outbound, schema: z.ZodType<T>): Promise<T> {
  try {
    // The admin configured the issuer, so it may be on a private network; its keys may be elsewhere, but then in public.
    const response = await outbound.fetch(url, { maxBytes: 256 * 1024, trustedOrigins: [new URL(issuer).origin] });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return schema.parse(JSON.parse(response.body.toString('utf8')));
  } catch (error) {
    const failure = failureOf(error, url, 'ISSUER_UNAVAILABLE');
    if (failure instanceof ProofFailure) throw failure;
    throw new ProofFailure('ISSUER_UNAVAILABLE', `The keys of ${issuer} cannot be read from ${shown(url, 200)}.`);
  }
}
