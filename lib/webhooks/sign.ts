import { createHmac } from 'node:crypto';
import type { WebhookSecrets } from './secrets.ts';

/** Hex HMAC-SHA256 of `timestamp.body` with the secret as it is written. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');

/**
 * `Hallmark-Signature`: `v1=<hex>`, and during a rotation a second one of the previous secret, `v1=<hex>,v1=<hex>`. Receivers
 * take the request when any of them fits, and only when the timestamp (Unix seconds) is of the last minutes.
 */
export function signatureHeader(
  secrets: WebhookSecrets,
  { timestamp, body, now }: { timestamp: string; body: string; now: Date },
): string {
  const { current, previous } = secrets;
  const inUse = previous && new Date(previous.until) > now ? [current, previous.secret] : [current];
  return inUse.map((secret) => `v1=${signatureOf(secret, timestamp, body)}`).join(',');
}
