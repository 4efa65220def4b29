import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tar from 'tar';

export type TestPackage = {
  name: string;
  version: string;
  /** Path to content; the package.json is made from `manifest`. */
  files?: Record<string, string | Buffer>;
  /** Path to link target. */
  links?: Record<string, string>;
  manifest?: Record<string, unknown>;
  deprecated?: string;
  publishedAt?: string;
  /** Where the registry says the tarball is, instead of where it is. */
  tarballUrl?: string;
  /** A wrong digest in the registry's document. */
  integrity?: string;
};

export type TestRegistry = {
  url: string;
  requests: string[];
  /** From now on it has these packages too, also under a name and version that it had before. */
  serve(packages: readonly TestPackage[]): Promise<void>;
  close(): Promise<void>;
};

/** A package registry on localhost with these packages; /hang/… is never answered, /redirect/URL redirects. */
export async function startRegistry(packages: (url: string) => readonly TestPackage[]): Promise<TestRegistry> {
  const requests: string[] = [];
  const bodies = new Map<string, Buffer>();
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    requests.push(path);
    if (path.startsWith('/hang/')) return;
    if (path.startsWith('/redirect/')) {
      response.writeHead(302, { location: path.slice('/redirect/'.length) }).end();
      return;
    }
    const body = bodies.get(path);
    response.statusCode = body ? 200 : 404;
    response.setHeader('content-type', path.endsWith('.tgz') ? 'application/octet-stream' : 'application/json');
    response.end(body ?? '{"error":"not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const documents = new Map<string, { versions: Record<string, unknown>; time: Record<string, string> }>();
  const serve = async (some: readonly TestPackage[]) => {
    for (const one of some) {
      const tarball = await packTarball(one);
      const path = `/${one.name}/-/${one.version}.tgz`;
      bodies.set(path, tarball);
      const document = documents.get(one.name) ?? { versions: {}, time: {} };
      documents.set(one.name, document);
      document.versions[one.version] = {
        ...manifestOf(one),
        ...(one.deprecated ? { deprecated: one.deprecated } : {}),
        dist: {
          tarball: one.tarballUrl ?? url + path,
          integrity: one.integrity ?? `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
        },
      };
      if (one.publishedAt) document.time[one.version] = one.publishedAt;
      bodies.set(
        `/${one.name}`,
        Buffer.from(JSON.stringify({ name: one.name, 'dist-tags': { latest: one.version }, ...document })),
      );
    }
  };
  await serve(packages(url));
  return {
    url,
    requests,
    serve,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const manifestOf = ({ name, version, manifest }: TestPackage) => ({ name, version, ...manifest });

async function packTarball(one: TestPackage): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'hallmark-pack-'));
  try {
    const files = { 'package.json': JSON.stringify(manifestOf(one)), ...one.files };
    for (const [path, content] of Object.entries(files)) {
      const file = join(directory, 'package', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    for (const [path, target] of Object.entries(one.links ?? {})) symlinkSync(target, join(directory, 'package', path));
    const chunks: Buffer[] = [];
    for await (const chunk of tar.create({ cwd: directory, gzip: true, portable: true }, ['package']))
      chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
