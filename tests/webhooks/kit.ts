import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { db } from '#lib/db/db.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, createResolver, type Outbound } from '#lib/outbound/index.ts';
import { startDnsServer, type TestDnsServer } from '#tests/support/dns-server.ts';
import { startHttpsServer, type TestHttpsServer } from '#tests/support/https-server.ts';
import { createUser, viewerOf } from '../instance.ts';

export type Received = { headers: IncomingMessage['headers']; body: string; method: string };

export type Receivers = {
  web: TestHttpsServer;
  dns: TestDnsServer;
  /** As in production: this machine is not to be reached. */
  strict: Outbound;
  /** The admin lists this machine. */
  open: Outbound;
  /** What a host got, in order. */
  of(host: string): Received[];
  /** Has a host answer POSTs to `/hook`. */
  answer(
    host: string,
    answer: (received: Received, count: number) => { status: number; body?: string; headers?: Record<string, string> },
  ): void;
};

/** Endpoints on loopback that stand for the hosts of webhooks. Call at the top of a file. */
export function receivers(): Receivers {
  const got = new Map<string, Received[]>();
  const kit = { of: (host: string) => got.get(host) ?? [] } as Receivers;
  beforeAll(async () => {
    [kit.dns, kit.web] = await Promise.all([startDnsServer(), startHttpsServer()]);
    const common = { resolver: createResolver([kit.dns.address]), ca: kit.web.ca, port: () => kit.web.port };
    kit.strict = createOutbound(common);
    kit.open = createOutbound({ ...common, privateNetworks: parsePrivateNetworks('127.0.0.1') });
    kit.answer = (host, answer) => {
      kit.dns.set(host, { A: ['127.0.0.1'] });
      kit.web.set(`https://${host}/hook`, (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', () => {
          const received = {
            headers: request.headers,
            body: Buffer.concat(chunks).toString('utf8'),
            method: request.method!,
          };
          if (request.method === 'HEAD') return response.writeHead(405).end();
          got.set(host, [...(got.get(host) ?? []), received]);
          const { status, body, headers } = answer(received, got.get(host)!.length);
          if (status === 0) return;
          response.writeHead(status, headers).end(body);
        });
      });
    };
  });
  afterAll(() => Promise.all([kit.dns.close(), kit.web.close()]));
  beforeEach(() => {
    got.clear();
    kit.dns.clear();
    kit.web.clear();
  });
  return kit;
}

let counter = 0;

/** An organization of its own with its owner. */
export async function newOrg() {
  const owner = await createUser(`Owner${++counter}`);
  const slug = `org-${counter}`;
  const { id } = await createOrg({ viewer: owner, slug, displayName: `Org ${counter}` });
  return { id, slug, owner: await viewerOf(owner.id) };
}

export const deliveriesOf = (webhookId: string) =>
  db().webhookDelivery.findMany({ where: { webhookId }, orderBy: [{ seq: 'asc' }, { createdAt: 'asc' }] });
