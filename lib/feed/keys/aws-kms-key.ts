import { createHash, createPublicKey } from 'node:crypto';
import type { KMSClient, SignCommandInput } from '@aws-sdk/client-kms';
import { z } from 'zod';
import { algorithmOf } from './key-algorithm.ts';
import { KeyError } from './key-error.ts';
import type { FeedKeyRole, KeyProvider } from './key-provider.ts';
import { pinnedKey } from './pinned-key.ts';
import { REMOTE_KEY_TIMEOUT_MS } from './vault-key.ts';

/** A key of AWS KMS by id, ARN or alias. An alias may point elsewhere later: the pinned public key notices. */
export const awsKmsReference = z.object({
  keyId: z.string().min(1).max(2048),
});

export type AwsKmsReference = z.infer<typeof awsKmsReference>;

export type AwsKmsSettings = {
  region?: string | undefined;
  /** Another address of KMS, e.g. of a VPC endpoint. */
  endpoint?: string | undefined;
  timeoutMs?: number;
};

/** KMS signs raw messages up to this. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const MAX_RAW_BYTES = 4096;

/**
 * A signer over a KMS key: `ED25519_SHA_512` (which KMS takes with MessageType RAW only) or `ECDSA_SHA_256`. Credentials
 * come from where the AWS SDK finds them. `sign` throws KEY_PROVIDER or KEY_MISMATCH.
 */
export function awsKmsKey({
  settings,
  reference,
  publicPem,
  role,
}: {
  settings: AwsKmsSettings;
  reference: AwsKmsReference;
  publicPem: string;
  role: FeedKeyRole;
}): KeyProvider {
  const place = `KMS key ${reference.keyId}`;
  return pinnedKey({
    publicPem,
    role,
    place,
    sign: async (bytes, algorithm) => {
      const input: SignCommandInput =
        algorithm === 'ed25519'
          ? { KeyId: reference.keyId, Message: bytes, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' }
          : { KeyId: reference.keyId, SigningAlgorithm: 'ECDSA_SHA_256', ...messageOf(bytes) };
      if (algorithm === 'ed25519' && bytes.length > MAX_RAW_BYTES) {
        throw new KeyError(
          'KEY_PROVIDER',
          `${place} signs at most ${MAX_RAW_BYTES} bytes; the document has ${bytes.length}. Retire keys that are not needed.`,
        );
      }
      return ask(settings, place, async (client, { SignCommand }) => {
        const { Signature } = await client.send(new SignCommand(input));
        if (!Signature) throw new Error('it answered without a signature');
        return Buffer.from(Signature);
      });
    },
  });
}

/** The public half of a KMS key in PEM: what is pinned when the key is added. Throws KEY_PROVIDER or KEY_ALGORITHM. */
export async function readAwsKmsPublicKey({
  settings,
  keyId,
}: {
  settings: AwsKmsSettings;
  keyId: string;
}): Promise<{ publicPem: string; reference: AwsKmsReference }> {
  const place = `KMS key ${keyId}`;
  const { PublicKey, KeyUsage } = await ask(settings, place, (client, { GetPublicKeyCommand }) =>
    client.send(new GetPublicKeyCommand({ KeyId: keyId })),
  );
  if (!PublicKey) throw new KeyError('KEY_PROVIDER', `${place} answered without a public key.`);
  if (KeyUsage !== undefined && KeyUsage !== 'SIGN_VERIFY') {
    throw new KeyError('KEY_ALGORITHM', `${place} is for ${KeyUsage}, not for signing.`);
  }
  try {
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    algorithmOf(key);
    return { publicPem: key.export({ type: 'spki', format: 'pem' }).toString(), reference: { keyId } };
  } catch (cause) {
    if (cause instanceof KeyError) throw cause;
    throw new KeyError('KEY_PROVIDER', `${place} answered with a public key that is not one.`, { cause });
  }
}

function messageOf(bytes: Uint8Array): { Message: Uint8Array; MessageType: 'RAW' | 'DIGEST' } {
  return bytes.length <= MAX_RAW_BYTES
    ? { Message: bytes, MessageType: 'RAW' }
    : { Message: createHash('sha256').update(bytes).digest(), MessageType: 'DIGEST' };
}

type Sdk = typeof import('@aws-sdk/client-kms');

async function ask<T>(
  { region, endpoint, timeoutMs = REMOTE_KEY_TIMEOUT_MS }: AwsKmsSettings,
  place: string,
  work: (client: KMSClient, sdk: Sdk) => Promise<T>,
): Promise<T> {
  // The SDK is large: an instance without KMS never loads it.
  const sdk = await import('@aws-sdk/client-kms');
  const client = new sdk.KMSClient({
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint } : {}),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
  try {
    return await work(client, sdk);
  } catch (error) {
    if (error instanceof KeyError) throw error;
    const { name, message } = error as Error;
    throw new KeyError(
      'KEY_PROVIDER',
      `${place} cannot be used: ${name} ${message.replace(/\s+/g, ' ').slice(0, 200)}`,
      {
        cause: error,
      },
    );
  } finally {
    client.destroy();
  }
}
