import { db } from '#lib/db/db.ts';
import { signatureViews } from './signature-view.ts';
import type { SignerChange } from './signer-change.ts';
import type { ProvenanceState, SignatureState, SignatureView } from './views.ts';

/** Everything that somebody needs to check the signatures of a version for themselves. */
export type SignatureList = {
  name: string;
  version: string;
  /** server.json, base64 of its exact bytes: they are what was signed. */
  manifest: string;
  manifestSha256: string;
  manifestJcsSha256: string;
  signatureState: SignatureState;
  provenanceState: ProvenanceState;
  signerChange: SignerChange | null;
  /** The newest first. `bundle` is the JSON that came, its members maybe in another order. */
  signatures: (SignatureView & { bundle: unknown })[];
};

/** The signatures of a version with their bundles and what verification said; null when there is no such version. */
export async function listSignatures({
  serverName,
  version,
}: {
  serverName: string;
  version: string;
}): Promise<SignatureList | null> {
  const row = await db().version.findUnique({
    where: { serverName_version: { serverName, version } },
    select: {
      manifestBytes: true,
      manifestSha256: true,
      manifestJcsSha256: true,
      signatureState: true,
      provenanceState: true,
      signerChange: true,
      signatures: { orderBy: [{ verifiedAt: 'desc' }, { id: 'asc' }] },
    },
  });
  if (!row) return null;
  const { manifestBytes, signatures, signerChange, ...facts } = row;
  const views = await signatureViews(signatures);
  return {
    name: serverName,
    version,
    manifest: Buffer.from(manifestBytes).toString('base64'),
    ...facts,
    signerChange: signerChange as SignerChange | null,
    signatures: views.map((view, i) => ({ ...view, bundle: signatures[i]?.bundle })),
  };
}
