import { refreshTrustRoots } from '#lib/catalog/refresh-trust-roots.ts';
import { reverifySignatures } from '#lib/catalog/reverify-signatures.ts';
import { log } from '#lib/config/log.ts';
import { enqueueTrustRootWork } from './enqueue-trust-roots.ts';

/** A job lives 15 minutes in the queue; a longer verification goes on in another one. */
const MAX_MS = 10 * 60 * 1000;

/** The hourly job: refresh the trust roots that are due, then verify again what they and the program changed. */
export async function tendTrustRoots({
  withRefresh,
  signal,
}: {
  withRefresh: boolean;
  signal: AbortSignal;
}): Promise<void> {
  for (const { name, outcome, error } of withRefresh ? await refreshTrustRoots({ signal }) : []) {
    if (error) log.warn({ root: name, code: error.code, error: error.message }, 'could not refresh a trust root');
    else log.info({ root: name, outcome }, 'trust root refreshed');
  }
  const onProgress = (text: string) => log.info(text);
  const { verified, changed, isDone } = await reverifySignatures({ onProgress, maxMs: MAX_MS, signal });
  if (verified > 0) log.info({ verified, changed, isDone }, 'signatures verified again');
  if (!isDone && !signal.aborted) await enqueueTrustRootWork();
}
