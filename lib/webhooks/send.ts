import { type Outbound, OutboundError } from '#lib/outbound/index.ts';
import { WEBHOOK_LIMITS } from './limits.ts';
import type { WebhookSecrets } from './secrets.ts';
import { signatureHeader } from './sign.ts';

export type SendResult = {
  ok: boolean;
  status: number | null;
  error: string | null;
  /** The beginning of the answer's body, as text. */
  response: string | null;
  ms: number;
};

/**
 * One POST. Never throws for what the other side does: that is the result. Redirects are not followed: the address is the
 * one that the owner gave, and a body that is signed for one place is not handed on to another.
 */
export async function send({
  url,
  secrets,
  deliveryId,
  kind,
  body,
  outbound,
  now,
  signal,
}: {
  url: string;
  secrets: WebhookSecrets;
  deliveryId: string;
  kind: string;
  body: string;
  outbound: Outbound;
  now: Date;
  signal?: AbortSignal;
}): Promise<SendResult> {
  const started = performance.now();
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const ms = () => Math.round(performance.now() - started);
  try {
    const response = await outbound.open(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'hallmark-event': kind,
        'hallmark-delivery': deliveryId,
        'hallmark-timestamp': timestamp,
        'hallmark-signature': signatureHeader(secrets, { timestamp, body, now }),
      },
      body,
      timeoutMs: WEBHOOK_LIMITS.timeoutMs,
      ...(signal ? { signal } : {}),
    });
    const { status } = response;
    const text = await beginningOf(response);
    const ok = status >= 200 && status < 300;
    return { ok, status, error: ok ? null : faultOf(status), response: text, ms: ms() };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { ok: false, status: null, error: `${error.code}: ${error.message}`, response: null, ms: ms() };
  }
}

const faultOf = (status: number): string => {
  if (status >= 300 && status < 400)
    return `Answered ${status}: redirects are not followed. Give the address that it leads to.`;
  return status === 410 ? 'Answered 410: the endpoint wants no more.' : `Answered ${status}.`;
};

/** What was read before the limit counts, also when the rest does not come. */
async function beginningOf(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= WEBHOOK_LIMITS.keptResponse) break;
    }
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
  }
  if (size === 0) return null;
  const bytes = Buffer.concat(chunks).subarray(0, WEBHOOK_LIMITS.keptResponse);
  // PostgreSQL holds no U+0000 in a text.
  return bytes.toString('utf8').replaceAll('\0', '\uFFFD');
}
