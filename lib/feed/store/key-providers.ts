import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import { type AwsKmsSettings, awsKmsKey, awsKmsReference, readAwsKmsPublicKey } from '../keys/aws-kms-key.ts';
import { KeyError } from '../keys/key-error.ts';
import type { FeedKeyRole, KeyProvider } from '../keys/key-provider.ts';
import { localKey } from '../keys/local-key.ts';
import { pemFileKey } from '../keys/pem-file-key.ts';
import { type PublicFeedKey, publicFeedKey } from '../keys/pinned-key.ts';
import { openKey } from '../keys/sealed-key.ts';
import { readVaultPublicKey, type VaultSettings, vaultKey, vaultReference } from '../keys/vault-key.ts';

/** Where private keys live. Of `offline` ones only the public half is known. */
export const KEY_PROVIDERS = ['sealed', 'pem', 'vault', 'aws-kms', 'offline'] as const;
export type KeyProviderName = (typeof KEY_PROVIDERS)[number];

/** Providers that are asked over the network: too slow and too dear for a signature every five minutes. */
export const isRemote = ({ provider }: Pick<FeedKey, 'provider'>): boolean =>
  provider === 'vault' || provider === 'aws-kms';

const pemReference = z.object({ file: z.string().min(1) });

/** A signer over a key of the database, by its provider. Throws `KeyError`. */
export async function openKeyRow({
  row,
  org,
  masterKey,
}: {
  row: FeedKey;
  org: string;
  masterKey: Uint8Array | null;
}): Promise<KeyProvider> {
  const { role, keyid, publicPem, provider } = row;
  switch (provider) {
    case 'sealed': {
      if (!row.sealed || !masterKey) break;
      return localKey({ privateKey: openKey({ sealed: row.sealed, org, keyid, role, masterKey }), role });
    }
    case 'pem':
      return pemFileKey({ ...referenceOf(pemReference, row), role, keyid });
    case 'vault':
      return vaultKey({ settings: vaultSettings(), reference: referenceOf(vaultReference, row), publicPem, role });
    case 'aws-kms':
      return awsKmsKey({ settings: awsSettings(), reference: referenceOf(awsKmsReference, row), publicPem, role });
  }
  throw new KeyError(
    'KEY_OFFLINE',
    `The private part of the ${role} key ${keyid.slice(0, 12)} is not here (${provider}).`,
  );
}

/** Where an operator says that a key is, e.g. `pem:/run/secrets/feed.pem`, `vault:transit/hallmark-feed`, `aws-kms:alias/hallmark`. */
export type KeyPlaceText = string;

export type FoundKey = { key: PublicFeedKey; provider: KeyProviderName; reference: Record<string, string | number> };

/**
 * Asks for the public half of the key at `place`, which is pinned from then on. Freshness keys sign every few minutes
 * and stay on the instance: KEY_REFERENCE. Throws `KeyError`.
 */
export async function findKey({ place, role }: { place: KeyPlaceText; role: FeedKeyRole }): Promise<FoundKey> {
  const [, provider = '', rest = ''] = /^([a-z-]+):(.+)$/.exec(place) ?? [];
  if (role === 'freshness' && provider !== 'pem') {
    throw new KeyError(
      'KEY_REFERENCE',
      'The freshness key signs every five minutes: keep it sealed, or in a PEM file.',
    );
  }
  if (provider === 'pem') {
    const { id, algorithm, publicKey } = await pemFileKey({ file: rest, role });
    return { key: { id, algorithm, publicKey, role }, provider, reference: { file: rest } };
  }
  if (provider === 'vault') {
    const [, mount, name, version] = /^(?:(.+)\/)?([\w.-]+?)(?:@(\d+))?$/.exec(rest) ?? [];
    if (!name) throw new KeyError('KEY_REFERENCE', `${place} is no place of a key, e.g. vault:transit/hallmark-feed`);
    const { publicPem, reference } = await readVaultPublicKey({
      settings: vaultSettings(),
      mount: mount ?? 'transit',
      name,
      version: version === undefined ? undefined : Number(version),
    });
    return { key: publicFeedKey({ publicPem, role }), provider, reference };
  }
  if (provider === 'aws-kms') {
    const { publicPem, reference } = await readAwsKmsPublicKey({ settings: awsSettings(), keyId: rest });
    return { key: publicFeedKey({ publicPem, role }), provider, reference };
  }
  throw new KeyError(
    'KEY_REFERENCE',
    `${place} is no place of a key: write pem:<file>, vault:<mount>/<name>[@version] or aws-kms:<key id, ARN or alias>.`,
  );
}

function referenceOf<T>(schema: z.ZodType<T>, { role, keyid, reference }: FeedKey): T {
  const parsed = schema.safeParse(reference);
  if (parsed.success) return parsed.data;
  throw new KeyError('KEY_REFERENCE', `The ${role} key ${keyid.slice(0, 12)} does not say where it is.`);
}

function vaultSettings(): VaultSettings {
  const { VAULT_ADDR: address, VAULT_TOKEN: token, VAULT_NAMESPACE: namespace } = config();
  if (!address || !token) {
    throw new KeyError('KEY_REFERENCE', 'VAULT_ADDR and VAULT_TOKEN are not set in this process.');
  }
  return { address, token, namespace };
}

function awsSettings(): AwsKmsSettings {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_KMS: endpoint } = config();
  return { region, endpoint };
}
