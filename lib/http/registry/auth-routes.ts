import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';
import { limitConcurrency, limitPerKey } from '#lib/http/limit-concurrency.ts';
import { problem } from '#lib/http/respond.ts';
import { type Outbound, outbound } from '#lib/outbound/index.ts';
import { createChallenge } from '#lib/publishers/proofs/challenge.ts';
import { exchangeAnonymous } from '#lib/publishers/proofs/exchange-anonymous.ts';
import { exchangeDomain } from '#lib/publishers/proofs/exchange-domain.ts';
import { exchangeGithubOidc } from '#lib/publishers/proofs/exchange-github-oidc.ts';
import { exchangeGithubToken } from '#lib/publishers/proofs/exchange-github-token.ts';
import { exchangeOidc } from '#lib/publishers/proofs/exchange-oidc.ts';
import { parseFields, readJson } from './status-change.ts';

/** Exchanges of one kind at the same time: each may ask DNS, a web server or GitHub for somebody whom nobody knows yet. */
const AT_ONCE = 20;
/** Of one domain: who makes a web server slow must not keep the others out. */
const AT_ONCE_OF_A_DOMAIN = 4;
const limitedDomain = limitPerKey(AT_ONCE_OF_A_DOMAIN);

type Handler = (request: Request) => Promise<Response>;
type Surroundings = { outbound: () => Outbound; now: () => Date };

const text = (limit: number) => z.string('expected string').max(limit, `expected length <= ${limit}`);
const githubToken = z.object({ github_token: text(1000) });
const oidcToken = z.object({ oidc_token: text(16_000) });
const challenge = z.object({ domain: text(1000) });
const signedTimestamp = z.object({ domain: text(1000), timestamp: text(100), signed_timestamp: text(2000) });
const signedChallenge = z.object({ domain: text(1000), nonce: text(200), signed_challenge: text(2000) });

/** The exchanges of a proof for a registry token, and what the official registry writes above a refusal. */
const EXCHANGES: Record<string, { refusal: string; exchange: (body: unknown, at: At) => Promise<object> }> = {
  // POST /auth/github-at – a GitHub access token
  'github-at': {
    refusal: 'Token exchange failed',
    exchange: (body, at) => exchangeGithubToken({ githubToken: parse(githubToken, body).github_token, ...at }),
  },
  // POST /auth/github-oidc – the identity of a GitHub Actions workflow
  'github-oidc': {
    refusal: 'Token exchange failed',
    exchange: (body, at) => exchangeGithubOidc({ oidcToken: parse(oidcToken, body).oidc_token, ...at }),
  },
  // POST /auth/oidc – an admin, by the instance's provider
  oidc: {
    refusal: 'Token exchange failed',
    exchange: (body, at) => exchangeOidc({ oidcToken: parse(oidcToken, body).oidc_token, ...at }),
  },
  // POST /auth/dns – a key in the TXT records of a domain
  dns: { refusal: 'DNS authentication failed', exchange: (body, at) => exchangeDomainBody('dns', body, at) },
  // POST /auth/http – a key in a file of a domain
  http: { refusal: 'HTTP authentication failed', exchange: (body, at) => exchangeDomainBody('http', body, at) },
  // POST /auth/challenge – a text to sign that is bound to this registry
  challenge: {
    refusal: 'No challenge was made',
    exchange: (body, { now }) => createChallenge({ domain: parse(challenge, body).domain, now }),
  },
};

type At = { now: Date; outbound: Outbound };

function exchangeDomainBody(method: 'dns' | 'http', body: unknown, at: At) {
  const isBound = typeof body === 'object' && body !== null && ('nonce' in body || 'signed_challenge' in body);
  const { domain, ...signature } = isBound ? boundSignature(body) : timedSignature(body);
  return limitedDomain(domain.toLowerCase(), () => exchangeDomain({ method, domain, signature, ...at }));
}

function boundSignature(body: unknown) {
  const { domain, nonce, signed_challenge } = parse(signedChallenge, body);
  return { domain, nonce, signedChallenge: signed_challenge };
}

function timedSignature(body: unknown) {
  const { domain, timestamp, signed_timestamp } = parse(signedTimestamp, body);
  return { domain, timestamp, signedTimestamp: signed_timestamp };
}

/** Routes of `/auth/*`. Tests give a client of their own and a time. */
export function authRoutes(
  surroundings: Partial<Surroundings> = {},
): { pattern: string[]; methods: { POST: Handler } }[] {
  const { outbound: client = outbound, now = () => new Date() } = surroundings;
  const routes = Object.entries(EXCHANGES).map(([name, { refusal, exchange }]) => {
    const limited = limitConcurrency(AT_ONCE);
    const handler: Handler = async (request) => {
      const body = await readJson(request);
      return refusing(refusal, () => limited(() => exchange(body, { now: now(), outbound: client() })));
    };
    return { pattern: ['auth', name], methods: { POST: handler } };
  });
  // POST /auth/none – everybody, where the instance allows it; it has no body
  const none: Handler = () => refusing('Token exchange failed', () => exchangeAnonymous({ now: now() }));
  return [...routes, { pattern: ['auth', 'none'], methods: { POST: none } }];
}

export const AUTH_ROUTES = authRoutes();

/**
 * The answer to an exchange. A 401 has the official registry's sentence, then ours; `errors` repeats ours where its clients
 * look for it.
 */
async function refusing(refusal: string, exchange: () => Promise<object>): Promise<Response> {
  try {
    return Response.json(await exchange(), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (!(error instanceof DomainError) || (error.status !== 401 && error.status !== 403)) throw error;
    return problem(error.status, `${refusal}: ${error.message}`, {
      code: error.code,
      errors: [{ message: error.message }],
      ...error.details,
    });
  }
}

const parse = <T>(schema: z.ZodType<T>, body: unknown): T => parseFields(schema, body, 'body');
