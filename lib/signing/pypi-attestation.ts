import { BUNDLE_V03_MEDIA_TYPE } from '@sigstore/bundle';
import { z } from 'zod';
import { SigningError } from './errors.ts';
import { shapeFault } from './shape-fault.ts';
import { STATEMENT_PAYLOAD_TYPE } from './statement.ts';

const attestationShape = z.looseObject({
  version: z.literal(1, 'must be 1'),
  verification_material: z.looseObject({
    certificate: z.string(),
    transparency_entries: z.array(z.unknown()),
  }),
  envelope: z.looseObject({ statement: z.string(), signature: z.string() }),
});

/**
 * A PyPI attestation (PEP 740, one member of `attestation_bundles[].attestations`) as the Sigstore bundle v0.3 that it
 * was made from, for `verifyAttestation`. Only rearranged, nothing checked. Throws SigningError `BUNDLE_MALFORMED`.
 */
export function pypiAttestationToBundle(attestation: unknown): object {
  const checked = attestationShape.safeParse(attestation);
  if (!checked.success) {
    throw new SigningError({
      code: 'BUNDLE_MALFORMED',
      message: `The attestation is not as PEP 740 has it: ${shapeFault(checked.error, 'attestation')}.`,
    });
  }
  const { verification_material: material, envelope } = checked.data;
  return {
    mediaType: BUNDLE_V03_MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: material.certificate },
      tlogEntries: material.transparency_entries,
    },
    dsseEnvelope: {
      payload: envelope.statement,
      payloadType: STATEMENT_PAYLOAD_TYPE,
      signatures: [{ sig: envelope.signature, keyid: '' }],
    },
  };
}
