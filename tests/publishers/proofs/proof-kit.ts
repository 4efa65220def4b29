import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { p384 } from '@noble/curves/nist.js';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { resetConfig } from '#lib/config/config.ts';
import { authRoutes } from '#lib/http/registry/auth-routes.ts';
import { problemOf } from '#lib/http/respond.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, createResolver, type Outbound } from '#lib/outbound/index.ts';
import { startDnsServer, type TestDnsServer } from '#tests/support/dns-server.ts';
import { startGithub, type TestGithub } from '#tests/support/github-api.ts';
import { startHttpsServer, type TestHttpsServer } from '#tests/support/https-server.ts';

export type Answered = {
  status: number;
  body: Record<string, unknown> & { check?: { code: string; seen: { what: string; value: string }[] } };
};

export type ProofKit = {
  dns: TestDnsServer;
  web: TestHttpsServer;
  github: TestGithub;
  /** Reaches the servers of the kit: loopback is listed as a network of the admin. */
  outbound: Outbound;
  /** Reaches public addresses only. */
  strict: Outbound;
  /** What the registry takes for the time. A full second, and an hour later with each test, so that none replays another. */
  now: Date;
  later(ms: number): Date;
  /** `POST /v0.1/auth/{name}`, as the registry would answer. */
  post(name: string, body: unknown, options?: { outbound?: Outbound }): Promise<Answered>;
};

/** The world that proofs look at, for one test file: name server, web server, GitHub. Call after testInstance(). */
export function proofKit(): ProofKit {
  const kit = {} as ProofKit;
  const start = Math.floor(Date.now() / 1000) * 1000;
  let tests = 0;
  beforeAll(async () => {
    const [dns, web, github] = await Promise.all([startDnsServer(), startHttpsServer(), startGithub()]);
    const common = {
      resolver: createResolver([dns.address]),
      ca: web.ca,
      port: (given: number) => (given === 443 ? web.port : given),
    };
    Object.assign(kit, {
      dns,
      web,
      github,
      strict: createOutbound(common),
      outbound: createOutbound({ ...common, privateNetworks: parsePrivateNetworks('127.0.0.1') }),
    });
    process.env.GITHUB_API_URL = github.url;
    resetConfig();
  });
  afterAll(() => Promise.all([kit.dns.close(), kit.web.close(), kit.github.close()]));
  beforeEach(() => {
    kit.dns.clear();
    kit.web.clear();
    kit.github.clear();
    tests += 1;
    kit.now = new Date(start + tests * 3_600_000);
    kit.dns.set('example.com', { A: ['127.0.0.1'] });
  });
  kit.later = (ms) => {
    kit.now = new Date(kit.now.getTime() + ms);
    return kit.now;
  };
  kit.post = async (name, body, { outbound = kit.outbound } = {}) => {
    const route = authRoutes({ outbound: () => outbound, now: () => kit.now }).find(
      ({ pattern }) => pattern[1] === name,
    );
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://hallmark.test/v0.1/auth/${name}`, { method: 'POST', body: text });
    const response = await route!.methods.POST(request).catch(problemOf);
    return { status: response.status, body: (await response.json()) as Answered['body'] };
  };
  return kit;
}

export type TestKey = {
  /** `v=MCPv1; …` */
  record: string;
  id: string;
  /** Hex, as the official client sends it. */
  sign(text: string): string;
};

export function ed25519Key(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  return keyOf('ed25519', raw, (text) => sign(null, Buffer.from(text), privateKey).toString('hex'));
}

export function p384Key(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
  return keyOf('ecdsap384', compressed(publicKey), (text) =>
    sign('sha384', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('hex'),
  );
}

/** Another valid ECDSA signature of the same text by the same key, which needs no private key: (r, n - s). */
export function otherSignature(hex: string): string {
  const s = BigInt(`0x${hex.slice(96)}`);
  return hex.slice(0, 96) + (p384.Point.Fn.ORDER - s).toString(16).padStart(96, '0');
}

const keyOf = (algorithm: string, raw: string, signText: TestKey['sign']): TestKey => ({
  record: `v=MCPv1; k=${algorithm}; p=${raw}`,
  id: `${algorithm}:${raw}`,
  sign: signText,
});

function compressed(publicKey: KeyObject): string {
  const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-97);
  return Buffer.from(p384.Point.fromBytes(point).toBytes(true)).toString('base64');
}

/** RFC 3339 with seconds, as the official client writes it. */
export const timestampOf = (date: Date) => date.toISOString().replace(/\.\d{3}Z$/, 'Z');
