import { expect } from 'vitest';
import type { Manifest, Package } from '#lib/manifest/types.ts';
import { parsePrivateNetworks } from '#lib/outbound/address-guard.ts';
import { createOutbound, type Outbound } from '#lib/outbound/index.ts';
import { checkPackages } from '#lib/packages/index.ts';
import type { PackageCheckKind, PackageCheckResult, PackageSettings } from '#lib/packages/types.ts';
import type { TrustRoot } from '#lib/signing/index.ts';
import { startHttpsServer, type TestHttpsServer } from '../../support/https-server.ts';

export const SERVER = 'com.example/weather';
export const NOW = new Date('2026-11-20T10:00:00.000Z');

/** Names that lead into a private network. */
export const PRIVATE_HOST = 'intranet.example';
const PRIVATE_ADDRESS = '10.0.0.5';

export type Registries = {
  web: TestHttpsServer;
  outbound: Outbound;
  settings: PackageSettings;
  check(pkg: Partial<Package>, options?: CheckOptions): Promise<Answers>;
  close(): Promise<void>;
};

export type CheckOptions = {
  name?: string;
  repository?: string;
  roots?: TrustRoot[];
  settings?: Partial<PackageSettings>;
};
/** The result of each kind that the type has. */
export type Answers = Record<PackageCheckKind, PackageCheckResult> & { all: PackageCheckResult[] };

/** Every public registry on one loopback server under its own name, and a client that finds them there. */
export async function startRegistries(): Promise<Registries> {
  const web = await startHttpsServer();
  const outbound = createOutbound({
    resolver: {
      addresses: async (host) => [{ address: host === PRIVATE_HOST ? PRIVATE_ADDRESS : '127.0.0.1', family: 4 }],
      txt: async () => [],
    },
    privateNetworks: parsePrivateNetworks('127.0.0.1'),
    ca: web.ca,
    port: () => web.port,
  });
  const settings: PackageSettings = {
    npm: { registry: 'https://registry.npmjs.org/', options: {} },
    pypiUrl: 'https://pypi.org',
    nugetUrl: 'https://api.nuget.org',
    cargoUrl: 'https://crates.io',
    hosts: new Set(),
    userAgent: 'hallmark-registry (+https://hallmark.test)',
  };
  return {
    web,
    outbound,
    settings,
    check: async (pkg, { name = SERVER, repository, roots = [], settings: changes = {} } = {}) => {
      const results = await checkPackages({
        manifest: manifestWith([pkg], { name, repository }),
        outbound,
        settings: { ...settings, ...changes },
        roots,
        now: NOW,
      });
      return answersOf(results);
    },
    close: () => web.close(),
  };
}

export function manifestWith(
  packages: Partial<Package>[],
  { name = SERVER, repository }: { name?: string; repository?: string } = {},
): Manifest {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name,
    description: 'Weather of the next three days',
    version: '1.0.0',
    ...(repository ? { repository: { url: repository, source: 'github' } } : {}),
    packages: packages.map((pkg) => ({ transport: { type: 'stdio' }, ...pkg }) as Package),
  };
}

function answersOf(results: PackageCheckResult[]): Answers {
  const byKind = Object.fromEntries(results.map((result) => [result.kind, result]));
  return { ...byKind, all: results } as Answers;
}

/** The answer has this code, and a message of whole sentences that matches. */
export function expectAnswer(result: PackageCheckResult, code: PackageCheckResult['code'], sentence: RegExp): void {
  expect(result).toMatchObject({ code });
  expect(result.message).toMatch(sentence);
  expect(result.message).toMatch(/^\S.*\.$/s);
}

export const json = (body: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const redirect = (location: string) => ({ status: 302, headers: { location } });

export const HTML = {
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Sign in</title>',
};

/** What registries do when they are not well: what they answer, the code of that, and a word of the sentence. */
export const SICK_ANSWERS: [string, Parameters<TestHttpsServer['set']>[1], PackageCheckResult['code'], RegExp][] = [
  ['status 500', { status: 500, body: 'oh' }, 'REGISTRY_FAILED', /status 500/],
  ['status 429', { status: 429, body: 'slow down' }, 'REGISTRY_FAILED', /status 429.*less often/],
  ['status 403', { status: 403, body: 'no' }, 'REGISTRY_FAILED', /status 403/],
  ['a sign-in page', HTML, 'ANSWER_UNREADABLE', /text\/html.*sign-in page/],
  ['JSON that is cut off', { body: '{"name": "@acme/wea' }, 'ANSWER_UNREADABLE', /not the JSON|else than the JSON/],
  ['JSON that is no object', json(['com.example/weather']), 'ANSWER_UNREADABLE', /else than the JSON/],
  ['more than is read', { body: '{"x":"'.padEnd(9 * 1024 * 1024, 'x') }, 'ANSWER_TOO_LARGE', /more than the \d+ bytes/],
  ['a redirect to a private address', redirect(`https://${PRIVATE_HOST}/`), 'ADDRESS_REFUSED', /not a public address/],
  ["a redirect to a cloud's metadata", redirect('https://169.254.169.254/latest'), 'ADDRESS_REFUSED', /not a public/],
  ['a redirect to plain http', redirect('http://example.com/'), 'ADDRESS_REFUSED', /only https/],
  ['a redirect to a file', redirect('file:///etc/passwd'), 'ADDRESS_REFUSED', /refused/],
  ['a connection that is cut', (request) => request.socket.destroy(), 'REGISTRY_UNREACHABLE', /cannot be reached/],
];
