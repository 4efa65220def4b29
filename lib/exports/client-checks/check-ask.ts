import type { CheckAsk, CheckFailure } from './types.ts';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

class TooLong extends Error {}

/** Asks over real HTTP. The address is the admin's own, so private networks are fine; redirects are answers. */
export const checkAsk: CheckAsk = async ({ method, url, headers }) => {
  try {
    const response = await fetch(url, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await readText(response);
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  } catch (error) {
    return failureOf(error);
  }
};

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Fetch hides why a connection failed in `cause`. */
function failureOf(error: unknown): CheckFailure {
  if (error instanceof TooLong) return { reason: 'too-long', detail: String(MAX_BYTES) };
  const { cause } = error as { cause?: unknown };
  const found = (cause instanceof AggregateError ? cause.errors[0] : cause) ?? error;
  const { code = '', name = '', message = '' } = found as NodeJS.ErrnoException;
  const detail = String(code || message || name).slice(0, 200);
  if (/TimeoutError|AbortError/.test(name) || /TIMEDOUT|TIMEOUT/.test(code)) return { reason: 'timeout', detail };
  if (/ENOTFOUND|EAI_AGAIN/.test(code)) return { reason: 'name', detail };
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(`${code}`)) return { reason: 'tls', detail };
  return { reason: 'refused', detail };
}
