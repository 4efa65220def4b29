import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { FeedKeyAlgorithm } from './key-algorithm.ts';
import { KeyError } from './key-error.ts';
import type { FeedKeyRole, KeyProvider } from './key-provider.ts';
import { pinnedKey } from './pinned-key.ts';

/** Where a key of Vault's transit engine is. The version is pinned: `vault write -f transit/keys/x/rotate` changes nothing here. */
export const vaultReference = z.object({
  mount: z
    .string()
    .regex(/^[\w-]+(?:\/[\w-]+)*$/, 'is the path of a transit engine, e.g. transit')
    .default('transit'),
  name: z.string().regex(/^[\w.-]+$/, 'is the name of a transit key, e.g. hallmark-feed'),
  version: z.int().min(1),
});

export type VaultReference = z.infer<typeof vaultReference>;

export type VaultSettings = {
  /** e.g. https://vault.example.com:8200 */
  address: string;
  token: string;
  namespace?: string | undefined;
  timeoutMs?: number;
};

/** Publications wait for this inside a transaction: better to fail than to hold it. */
export const REMOTE_KEY_TIMEOUT_MS = 5000;

const signAnswer = z.object({ data: z.object({ signature: z.string() }) });
const keyAnswer = z.object({
  data: z.object({
    type: z.string(),
    keys: z.record(z.string(), z.looseObject({ public_key: z.string().optional() })),
    latest_version: z.int().min(1),
  }),
});

/**
 * A signer over a transit key (`POST {mount}/sign/{name}`). Vault signs the bytes themselves: `prehashed` false, for
 * P-256 with sha2-256 and an ASN.1 signature. `sign` throws KEY_PROVIDER or KEY_MISMATCH.
 */
export function vaultKey({
  settings,
  reference,
  publicPem,
  role,
}: {
  settings: VaultSettings;
  reference: VaultReference;
  publicPem: string;
  role: FeedKeyRole;
}): KeyProvider {
  const { mount, name, version } = reference;
  const place = `Vault key ${mount}/${name} version ${version}`;
  return pinnedKey({
    publicPem,
    role,
    place,
    sign: async (bytes, algorithm) => {
      const answer = await ask(settings, place, async (vault) =>
        signAnswer.parse(
          await vault.write(`${mount}/sign/${name}`, {
            input: Buffer.from(bytes).toString('base64'),
            key_version: version,
            prehashed: false,
            ...(algorithm === 'ecdsa-p256' ? { hash_algorithm: 'sha2-256', marshaling_algorithm: 'asn1' } : {}),
          }),
        ),
      );
      const [, signature] = /^vault:v\d+:([A-Za-z0-9+/=]+)$/.exec(answer.data.signature) ?? [];
      if (!signature) throw new KeyError('KEY_PROVIDER', `${place} answered with something that is no signature.`);
      return Buffer.from(signature, 'base64');
    },
  });
}

/**
 * The public half of a transit key, of the newest version unless one is named: what is pinned when the key is added.
 * Throws KEY_PROVIDER or KEY_ALGORITHM.
 */
export async function readVaultPublicKey({
  settings,
  mount,
  name,
  version,
}: {
  settings: VaultSettings;
  mount: string;
  name: string;
  version?: number | undefined;
}): Promise<{ publicPem: string; reference: VaultReference }> {
  const place = `Vault key ${mount}/${name}`;
  const { data } = await ask(settings, place, async (vault) =>
    keyAnswer.parse(await vault.read(`${mount}/keys/${name}`)),
  );
  const algorithm = ({ ed25519: 'ed25519', 'ecdsa-p256': 'ecdsa-p256' } as const)[data.type];
  if (!algorithm) {
    throw new KeyError('KEY_ALGORITHM', `${place} is of type ${data.type}; feed keys are ed25519 or ecdsa-p256.`);
  }
  const picked = version ?? data.latest_version;
  const text = data.keys[String(picked)]?.public_key;
  if (!text) throw new KeyError('KEY_PROVIDER', `${place} has no public key of version ${picked}.`);
  return { publicPem: pemOf(text, algorithm, place), reference: { mount, name, version: picked } };
}

/** Vault gives P-256 as PEM and Ed25519 as 32 bytes in base64. */
function pemOf(text: string, algorithm: FeedKeyAlgorithm, place: string): string {
  try {
    const key =
      algorithm === 'ed25519' && !text.includes('BEGIN')
        ? createPublicKey({
            format: 'jwk',
            key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(text, 'base64').toString('base64url') },
          })
        : createPublicKey(text);
    return key.export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new KeyError('KEY_PROVIDER', `${place} answered with a public key that is not one.`, { cause });
  }
}

type Vault = { read(path: string): Promise<unknown>; write(path: string, data: object): Promise<unknown> };

async function ask<T>(settings: VaultSettings, place: string, work: (vault: Vault) => Promise<T>): Promise<T> {
  const { default: nodeVault } = await import('node-vault');
  const timeout = settings.timeoutMs ?? REMOTE_KEY_TIMEOUT_MS;
  const vault = nodeVault({
    apiVersion: 'v1',
    endpoint: settings.address,
    token: settings.token,
    ...(settings.namespace ? { namespace: settings.namespace } : {}),
    rpDefaults: { timeout },
  } as Parameters<typeof nodeVault>[0]);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    });
    return await Promise.race([work(vault as unknown as Vault), late]);
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw new KeyError('KEY_PROVIDER', `${place} cannot be used: ${reasonOf(error)}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'Vault answered in another form';
  const { message, response } = error as { message?: string; response?: { statusCode?: number } };
  const status = response?.statusCode ? `${response.statusCode} ` : '';
  return `${status}${(message ?? 'unknown reason').replace(/\s+/g, ' ').slice(0, 200).replace(/\.$/, '')}`;
}
