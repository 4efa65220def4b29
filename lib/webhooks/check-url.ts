import { DomainError } from '#lib/http/domain-error.ts';
import { type Outbound, OutboundError } from '#lib/outbound/index.ts';
import { WEBHOOK_LIMITS } from './limits.ts';

/** What no request will ever get through to. Anything else may be a receiver that is not up yet. */
const NEVER = new Set(['URL_REFUSED', 'ADDRESS_REFUSED', 'NAME_NOT_FOUND']);

/**
 * The address as it is stored. Asks for it once with HEAD, so that a name that leads into a private network is refused at
 * once and not at the first event. Throws UNPROCESSABLE or ADDRESS_REFUSED.
 */
export async function checkWebhookUrl(text: string, outbound: Outbound): Promise<string> {
  const given = text.trim();
  if (!URL.canParse(given) || given.length > WEBHOOK_LIMITS.urlLength) {
    throw new DomainError('UNPROCESSABLE', 'The address is not a URL, e.g. https://hooks.example.com/hallmark');
  }
  const url = new URL(given);
  if (url.hash)
    throw new DomainError('UNPROCESSABLE', 'The address has a part after #, which is never sent. Leave it out.');
  try {
    await outbound.fetch(url, {
      method: 'HEAD',
      maxRedirects: 0,
      maxBytes: WEBHOOK_LIMITS.keptResponse,
      timeoutMs: 5000,
    });
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    if (NEVER.has(error.code)) {
      throw new DomainError(error.code === 'ADDRESS_REFUSED' ? 'ADDRESS_REFUSED' : 'UNPROCESSABLE', error.message);
    }
  }
  return url.href;
}

/** The name of a webhook in events, logs and mail: its host. A path may hold a secret. */
export const webhookName = (url: string): string => new URL(url).host;
