import { z } from 'zod';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { FeedTrust } from '../documents.ts';
import { FeedError } from '../feed-error.ts';
import type { Fetch } from './http-get.ts';
import { FEED_LIMITS, FEED_REQUEST_TIMEOUT_MS } from './limits.ts';
import type { AcceptedFeed } from './pull-feed.ts';

/** What a gateway says about itself and the list that it applies. */
export type GatewayReport = {
  /** The gateway's own name for itself, stable over restarts: one per running copy. */
  instance: string;
  /** Program and version, e.g. `hallmark-gateway/0.1.0`. */
  program: string;
  appliedAt: Date;
  environment?: string;
  team?: string;
  group?: string;
  /** Why a newer list could not be applied. */
  problem?: { code: string; message: string };
};

/**
 * `recorded`: the registry knows. `ahead`: it has never published this serial, so its database was restored from an
 * older backup; the head was shown to it as a proof and it goes on past it. `ahead-refused`: it did not believe the head.
 */
export type AckOutcome = 'recorded' | 'ahead' | 'ahead-refused';

const MAX_ANSWER_BYTES = 16 * 1024;
const conflict = z.object({ code: z.string() });

/**
 * Tells the registry which list is applied here. Needs a gateway token, also where the feed is read by path key.
 * Throws `FeedError` FEED_UNREACHABLE for every answer that is not understood; a gateway goes on without.
 */
export async function acknowledge({
  trust,
  token,
  feed,
  report,
  fetch = globalThis.fetch,
  timeoutMs = FEED_REQUEST_TIMEOUT_MS,
}: {
  trust: FeedTrust;
  token: string;
  feed: Pick<AcceptedFeed, 'head' | 'headBytes'>;
  report: GatewayReport;
  fetch?: Fetch;
  timeoutMs?: number;
}): Promise<AckOutcome> {
  const base = acknowledgeUrl(trust.baseUrl);
  const post = async (url: string, contentType: string, body: string | Buffer) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': contentType,
          'user-agent': 'hallmark-feed-client',
        },
        body: typeof body === 'string' ? body : new Uint8Array(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, text: (await response.text()).slice(0, MAX_ANSWER_BYTES) };
    } catch (cause) {
      throw new FeedError('FEED_UNREACHABLE', `${new URL(base).host} did not take the acknowledgement.`, { cause });
    }
  };

  const { instance, program, appliedAt, environment, team, group, problem } = report;
  const answer = await post(
    base,
    'application/json',
    JSON.stringify({
      v: 1,
      instance,
      program,
      epoch: feed.head.epoch,
      serial: feed.head.serial,
      headSha256: sha256Hex(feed.headBytes),
      appliedAt: appliedAt.toISOString(),
      environment,
      team,
      group,
      problem,
    }),
  );
  if (answer.status === 204) return 'recorded';
  if (answer.status === 409 && codeOf(answer.text) === 'SERIAL_AHEAD' && feed.headBytes.length <= FEED_LIMITS.head) {
    const proof = await post(`${base}/head`, 'application/vnd.dsse+json', feed.headBytes);
    return proof.status === 204 ? 'ahead' : 'ahead-refused';
  }
  throw new FeedError(
    'FEED_UNREACHABLE',
    `${new URL(base).host} answered the acknowledgement with ${answer.status} ${codeOf(answer.text) ?? ''}`.trim(),
  );
}

/** `https://host/orgs/acme/feed/k/<key>` → `https://host/orgs/acme/feed/ack`: the key admits readers only. */
export function acknowledgeUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '').replace(/\/k\/[^/]+$/, '')}/ack`;
}

function codeOf(text: string): string | null {
  try {
    return conflict.parse(JSON.parse(text)).code;
  } catch {
    return null;
  }
}
