import { describeEvidence, describeSigner, type SignerIdentity, type VerificationResult } from '#lib/signing/index.ts';
import { rootAges } from './server-trust.ts';
import type { SignatureView } from './views.ts';

type SignatureRow = { bundleSha256: string; verifiedAt: Date; result: unknown; matched: unknown };

/** Stored signatures as pages and APIs show them, in the order given. */
export async function signatureViews(rows: SignatureRow[]): Promise<SignatureView[]> {
  const results = rows.map(({ result }) => result as VerificationResult);
  const ages = await rootAges(results.flatMap((result) => (result.ok ? result.root : [])));
  return rows.map(({ bundleSha256, verifiedAt, matched }, i) => {
    const result = results[i]!;
    return {
      bundleSha256,
      verifiedAt: verifiedAt.toISOString(),
      result,
      signer: result.ok ? result.signer : null,
      signerText: result.ok ? describeSigner(result.signer) : null,
      isBound: (matched as SignerIdentity | null) !== null,
      proves: describeEvidence(result),
      rootAge: result.ok ? (ages.get(result.root) ?? null) : null,
    };
  });
}
