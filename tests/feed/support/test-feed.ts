import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildPublication,
  type Publication,
  type PublicationInput,
  refreshFreshness,
} from '#lib/feed/build-publication.ts';
import type { FeedServerVersion, FeedTrust } from '#lib/feed/documents.ts';
import type { FeedKeyAlgorithm } from '#lib/feed/keys/key-algorithm.ts';
import type { FeedKeyRole, KeyProvider } from '#lib/feed/keys/key-provider.ts';
import { generateLocalKey } from '#lib/feed/keys/local-key.ts';
import type { FeedKeys } from '#lib/feed/tuf/root.ts';
import { FEED_PATHS } from '#lib/feed/tuf/tuf-format.ts';
import { sha256Hex } from '#lib/manifest/canonical.ts';

export type Keys = FeedKeys;

export function newKeys(algorithm: FeedKeyAlgorithm = 'ed25519'): Keys {
  const one = (role: FeedKeyRole): KeyProvider[] => [generateLocalKey({ role, algorithm })];
  return { root: one('root'), feed: one('feed'), freshness: one('freshness') };
}

export function trustKeyOf(key: KeyProvider): FeedTrust['feedKeys'][number] {
  return {
    keyid: key.id,
    algorithm: key.algorithm,
    pem: key.publicKey().export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export function version(overrides: Partial<FeedServerVersion> = {}): FeedServerVersion {
  return {
    version: '1.0.0',
    manifestSha256: 'a'.repeat(64),
    manifestJcsSha256: 'b'.repeat(64),
    toolsDigest: null,
    tools: { default: 'deny', allow: [] },
    packages: [],
    remotes: [],
    signer: null,
    ...overrides,
  };
}

export type Content = Partial<Omit<PublicationInput, 'keys' | 'previous' | 'now'>>;

/**
 * A feed on localhost: real publications, served as files over real HTTP. Tests attack it by changing `files`, which
 * holds what is served, keyed by the path below the base URL.
 */
export class TestFeed {
  readonly org: string;
  keys: Keys;
  files = new Map<string, Buffer>();
  requests: string[] = [];
  /** Status answered instead of any file, for outages. */
  outage: number | null = null;
  last: Publication | null = null;
  rootBytes: Buffer = Buffer.alloc(0);
  serial = 0;
  epoch = 1;
  #server: http.Server | null = null;
  #port = 0;

  constructor({ org = 'acme', keys = newKeys() }: { org?: string; keys?: Keys } = {}) {
    this.org = org;
    this.keys = keys;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#port}/orgs/${this.org}/feed/k/secret`;
  }

  /** The trust file of the feed as it is now; `tufRoot` is the first root unless given. */
  trust(overrides: Partial<FeedTrust> = {}): FeedTrust {
    const firstRoot = this.files.get(FEED_PATHS.root(1)) ?? this.rootBytes;
    return {
      v: 1,
      org: this.org,
      baseUrl: this.baseUrl,
      feedKeys: this.keys.feed.map(trustKeyOf),
      threshold: 1,
      tufRoot: JSON.parse(firstRoot.toString('utf8')),
      ...overrides,
    };
  }

  async publish(content: Content = {}, now = new Date()): Promise<Publication> {
    this.serial = content.serial ?? this.serial + 1;
    this.epoch = content.epoch ?? this.epoch;
    const made = await buildPublication({
      org: this.org,
      servers: [],
      revocations: [],
      ...content,
      epoch: this.epoch,
      serial: this.serial,
      now,
      keys: this.keys,
      previous: this.last ? { rootBytes: this.rootBytes, versions: this.last.tuf.versions } : null,
    });
    this.put(made);
    return made;
  }

  async refresh(now = new Date()): Promise<void> {
    const { head, tuf } = this.last as Publication;
    const fresh = await refreshFreshness({
      head,
      snapshotBytes: tuf.snapshot,
      previous: { rootBytes: this.rootBytes, versions: tuf.versions },
      now,
      keys: this.keys,
    });
    const { headEnvelopeBytes, timestamp, versions } = fresh;
    this.last = {
      ...(this.last as Publication),
      head: fresh.head,
      headEnvelopeBytes,
      tuf: { ...tuf, timestamp, versions },
    };
    this.files.set(FEED_PATHS.head(), headEnvelopeBytes);
    this.files.set(FEED_PATHS.timestamp(), timestamp);
  }

  put(made: Publication): void {
    const { tuf } = made;
    this.last = made;
    if (tuf.root) {
      this.rootBytes = tuf.root;
      this.files.set(FEED_PATHS.root(tuf.versions.root), tuf.root);
    }
    this.files.set(FEED_PATHS.targets(tuf.versions.targets), tuf.targets);
    this.files.set(FEED_PATHS.snapshot(tuf.versions.snapshot), tuf.snapshot);
    this.files.set(FEED_PATHS.timestamp(), tuf.timestamp);
    for (const [name, bytes] of Object.entries({
      'allowlist.json': made.allowlistBytes,
      'revocations.json': made.revocationsBytes,
    })) {
      this.files.set(FEED_PATHS.body(sha256Hex(bytes)), bytes);
      this.files.set(FEED_PATHS.target(sha256Hex(bytes), name), bytes);
    }
    this.files.set(FEED_PATHS.head(), made.headEnvelopeBytes);
  }

  /** Replaces text inside a served file, as somebody on the way would. */
  tamper(path: string, from: string, to: string): void {
    const text = (this.files.get(path) as Buffer).toString('utf8');
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    this.files.set(path, Buffer.from(text.replaceAll(from, to), 'utf8'));
  }

  async start(): Promise<this> {
    const prefix = `/orgs/${this.org}/feed/k/secret/`;
    this.#server = http.createServer((request, response) => {
      const path = (request.url ?? '').slice(prefix.length);
      this.requests.push(path);
      const bytes = this.files.get(path);
      if (this.outage) return void response.writeHead(this.outage, { 'cache-control': 'no-store' }).end();
      if (!bytes) return void response.writeHead(404).end();
      const etag = `"${sha256Hex(bytes)}"`;
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
      response.writeHead(200, { etag, 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(null)));
  }
}
