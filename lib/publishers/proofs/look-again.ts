import type { Outbound } from '#lib/outbound/index.ts';
import { findBoundRecord } from './bound-record.ts';
import { officialDnsRecords, officialHttpRecords } from './find-records.ts';
import { findGithubOwner } from './github-owner.ts';
import { parseMcpKeys } from './mcp-keys.ts';
import { checkProof, ProofFailure } from './proof-check.ts';
import type { Proof, ProofCheck } from './types.ts';

/** Looks whether a proof that held before still holds: the same key, the same line, the same account. */
export function lookAgain({
  proof,
  now,
  outbound,
}: {
  proof: Proof;
  now: Date;
  outbound: Outbound;
}): Promise<ProofCheck> {
  return checkProof(now, async () => {
    if (proof.kind === 'github') {
      const { seen } = await findGithubOwner(proof, outbound);
      return { message: `${proof.login} is still the account that proved it.`, seen };
    }
    if (proof.form === 'bound') {
      const { seen } = await findBoundRecord(proof.kind, { ...proof, outbound });
      return { message: `${proof.domain} still shows the line that was asked for.`, seen };
    }
    const find = proof.kind === 'dns' ? officialDnsRecords : officialHttpRecords;
    const { values, seen } = await find(proof.domain, outbound);
    if (parseMcpKeys(values).some(({ id }) => id === proof.key)) {
      return { message: `${proof.domain} still shows the key that proved it.`, seen };
    }
    throw new ProofFailure(
      'RECORD_MISMATCH',
      `${proof.domain} does not show the key any more that proved it. Log in with the new key to prove it again.`,
      seen,
    );
  });
}
