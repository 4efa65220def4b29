import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** `until`: the end of the overlap in which the previous secret signs too, in ISO form. */
export type WebhookSecrets = { current: string; previous?: { secret: string; until: string } };

/** A recognisable prefix lets secret scanners find a leaked secret. */
export const newSecret = () => `hmk_whs_${randomBytes(32).toString('base64url')}`;

const [NONCE, TAG] = [12, 16];

/** The secrets of a webhook under a key of their own, derived from the master key. A row copied to another webhook does not open. */
export async function sealSecrets(webhookId: string, secrets: WebhookSecrets): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', await sealingKey(), nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(`webhook|${webhookId}`));
  const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), text]));
}

/** Throws KEYS_UNAVAILABLE when the master key is missing or another one. */
export async function openSecrets(webhookId: string, sealed: Uint8Array): Promise<WebhookSecrets> {
  const key = await sealingKey();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(Buffer.from(`webhook|${webhookId}`));
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    return JSON.parse(
      Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8'),
    );
  } catch {
    throw new DomainError(
      'KEYS_UNAVAILABLE',
      'The secret of the webhook does not open: the master key is not the one that it was sealed with. Give the webhook a new secret.',
    );
  }
}

async function sealingKey(): Promise<Buffer> {
  try {
    const { key } = await instanceMasterKey();
    return Buffer.from(hkdfSync('sha256', key, '', 'hallmark webhook secrets v1', 32));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no master key';
    throw new DomainError('KEYS_UNAVAILABLE', `Secrets of webhooks cannot be read or made: ${reason}`);
  }
}
