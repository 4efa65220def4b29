import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { loadViewer, type Viewer } from '#lib/auth/viewer.ts';
import { config, resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import type { FeedTrust } from '#lib/feed/documents.ts';
import { feedTrust } from '#lib/feed/store/feed-trust.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { endEventStreams } from '#lib/http/feed/event-stream.ts';
import { forgetOpenFeeds } from '#lib/http/feed/open-feeds.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { issueGatewayToken } from '#lib/orgs/gateway-tokens.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import { createUser } from '../../instance.ts';

let made = 0;
export const SYSTEM = { type: 'system', name: 'test' } as const;

export type ServerFeed = {
  owner: Viewer;
  orgId: string;
  slug: string;
  /** Serial that was published. */
  publish: (reason?: string, now?: Date) => Promise<number>;
  trust: () => Promise<FeedTrust>;
  token: () => Promise<string>;
};

/** An organization with a feed in the database of `testInstance`. */
export async function serverFeed(): Promise<ServerFeed> {
  made += 1;
  const slug = `org-${made}`;
  const person = await createUser(`Owner ${made}`);
  await createOrg({ viewer: person, slug, displayName: `Org ${made}` });
  const owner = (await loadViewer(person.id)) as Viewer;
  const { id: orgId } = await db().org.findUniqueOrThrow({ where: { slug } });
  return {
    owner,
    orgId,
    slug,
    publish: (reason = 'test', now = new Date()) =>
      orgTransaction(orgId, (tx) => publishFeed(tx, { orgId, reason, actor: SYSTEM, now })),
    trust: () => feedTrust({ viewer: owner, orgSlug: slug }),
    token: async () =>
      (await issueGatewayToken({ viewer: owner, orgSlug: slug, name: 'gateway', expiresInDays: 1 })).token,
  };
}

/**
 * The machine surfaces over real HTTP; HALLMARK_URL points there until the test ends. Polls see a change at once, unless the test is about
 * what is remembered between them.
 */
export async function serve({ isRemembering = false } = {}): Promise<string> {
  const pages = async (_: http.IncomingMessage, response: http.ServerResponse) => void response.writeHead(404).end();
  const answer = createRequestListener(pages);
  const server = http.createServer((request, response) => {
    if (!isRemembering) forgetOpenFeeds();
    return answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const before = config().publicUrl;
  process.env.HALLMARK_URL = url;
  resetConfig();
  onTestFinished(async () => {
    endEventStreams();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    process.env.HALLMARK_URL = before;
    resetConfig();
  });
  return url;
}
