import { randomBytes } from 'node:crypto';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { provableDomain } from '../namespace-names.ts';
import { ProofFailure, requireProof, shown } from './proof-check.ts';

const LIFETIME_MS = 5 * 60_000;
/** Challenges that wait at the same time, of everybody. */
const MAX_OPEN = 10_000;

export type Challenge = {
  /** The text to sign, to the byte. */
  challenge: string;
  nonce: string;
  /** Unix time in seconds, as in the answer with a token. */
  expires_at: number;
};

/**
 * What the owner of a domain signs instead of a bare time: it names this registry, the domain and a number that is used
 * once, so the signature is of no use to anybody else.
 */
const challengeText = ({ domain, nonce, expiresAt }: { domain: string; nonce: string; expiresAt: Date }): string =>
  [
    'Hallmark registry login v1',
    `registry: ${config().publicUrl}`,
    `domain: ${domain}`,
    `nonce: ${nonce}`,
    `expires: ${expiresAt.toISOString()}`,
  ].join('\n');

/** Makes a challenge for a domain, good for one answer within five minutes. Throws PROOF_FAILED for what is no domain. */
export async function createChallenge({ domain, now }: { domain: string; now: Date }): Promise<Challenge> {
  const row = await requireProof(now, async () => ({
    nonce: randomBytes(24).toString('hex'),
    domain: requireDomain(domain),
    createdAt: now,
    expiresAt: new Date(Math.floor(now.getTime() / 1000) * 1000 + LIFETIME_MS),
  }));
  // Anybody may ask, so what is over goes at once, and there is an end to what is kept.
  await db().authChallenge.deleteMany({ where: { expiresAt: { lt: now } } });
  // The oldest make room: were the newest refused, one stranger could lock everybody out for minutes.
  const excess = (await db().authChallenge.count()) - MAX_OPEN + 1;
  if (excess > 0) {
    await db().$executeRaw`
      delete from "AuthChallenge" where nonce in
        (select nonce from "AuthChallenge" order by "createdAt", nonce limit ${excess})`;
  }
  await db().authChallenge.create({ data: row });
  return { challenge: challengeText(row), nonce: row.nonce, expires_at: row.expiresAt.getTime() / 1000 };
}

/**
 * The text that a nonce stands for; the nonce is used up by asking, whether the signature then holds or not. Throws
 * PROOF_REPLAYED, ProofFailure CHALLENGE_UNKNOWN or CHALLENGE_EXPIRED.
 */
export async function spendChallenge({
  domain,
  nonce,
  now,
}: {
  domain: string;
  nonce: string;
  now: Date;
}): Promise<string> {
  const row = await db().authChallenge.findUnique({ where: { nonce } });
  if (!row || row.domain !== domain) {
    throw new ProofFailure('CHALLENGE_UNKNOWN', `This registry has made no such challenge for ${domain}.`);
  }
  if (row.expiresAt <= now) {
    throw new ProofFailure('CHALLENGE_EXPIRED', 'The challenge is older than five minutes. Ask for a new one.');
  }
  const { count } = await db().authChallenge.updateMany({ where: { nonce, usedAt: null }, data: { usedAt: now } });
  if (count === 1) return challengeText(row);
  throw new DomainError('PROOF_REPLAYED', 'This challenge was answered before. Ask for a new one.');
}

/** The domain in lower case. Throws ProofFailure DOMAIN_INVALID. */
export function requireDomain(domain: string): string {
  const provable = provableDomain(domain);
  if (provable) return provable;
  throw new ProofFailure(
    'DOMAIN_INVALID',
    `"${shown(domain, 100)}" is no domain that can be proven. Give a host name such as example.com, without scheme, port or path; names under github.io are proven by GitHub.`,
  );
}
