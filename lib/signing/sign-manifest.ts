import type { SerializedBundle } from '@sigstore/bundle';
import { type JsonObject, parseManifest } from '#lib/manifest/index.ts';
import { SigningError } from './errors.ts';
import { type Signable, type SigstoreServices, signContent } from './sign-content.ts';
import { manifestStatement, STATEMENT_PAYLOAD_TYPE } from './statement.ts';
import type { SignatureForm } from './types.ts';

/**
 * Signs a manifest keyless and returns the Sigstore bundle as JSON, see `signContent`.
 *
 * `message` signs the bytes exactly as given. `dsse` signs an in-toto statement about their RFC 8785 form, which still
 * holds when the file is formatted anew. Public-good entries stay in a public log for ever, with the signer's name.
 *
 * Throws SigningError with a code of `SIGN_ERRORS`.
 */
export async function signManifest({
  manifestBytes,
  form,
  tools,
  ...how
}: {
  manifestBytes: Uint8Array;
  form: SignatureForm;
  sigstore?: SigstoreServices;
  identityToken?: string;
  /** For `dsse`: digests of the tools that the signer saw, see `manifestStatement`. */
  tools?: Parameters<typeof manifestStatement>[0]['tools'];
  retries?: number;
}): Promise<SerializedBundle> {
  const signable: Signable =
    form === 'message'
      ? { data: Buffer.from(manifestBytes) }
      : { data: statementBytes(manifestBytes, tools), type: STATEMENT_PAYLOAD_TYPE };
  return signContent(signable, how);
}

function statementBytes(manifestBytes: Uint8Array, tools: Parameters<typeof manifestStatement>[0]['tools']): Buffer {
  const parsed = parseManifest(manifestBytes);
  if (!parsed.ok) {
    const issue = parsed.issues.find(({ severity }) => severity === 'error') ?? parsed.issues[0];
    const where = issue?.path ? `${issue.path}: ` : '';
    throw new SigningError({
      code: 'MANIFEST_MALFORMED',
      message: `The manifest cannot be signed as a statement. ${where}${issue?.message ?? ''}`,
    });
  }
  const { manifest, digests } = parsed;
  const statement = manifestStatement({
    name: manifest.name,
    version: manifest.version,
    manifest: manifest as unknown as JsonObject,
    manifestJcsSha256: digests.manifestJcsSha256,
    tools,
  });
  return Buffer.from(JSON.stringify(statement), 'utf8');
}
