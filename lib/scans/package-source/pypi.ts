import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { type Outbound, OutboundError, outbound as ownOutbound } from '#lib/outbound/index.ts';

const DOCUMENT_BYTES = 32 * 1024 * 1024;
/** Wheels with native parts are large; what is read of them is not. */
const FILE_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export type PypiArchive = { ok: true; file: string; dir: string; sha256: string } | { ok: false; reason: string };

type ReleaseFile = { filename: string; url: string; sha256: string | null };

/**
 * Fetches the archive of one exact version from a PyPI index, to be read and not installed: the wheel that fits any machine
 * if there is one, else any wheel, else the source. `url` is the index the admin configured (https://docs.pypi.org/api/json/,
 * PEP 691). The caller removes `dir`; after a failure nothing is left. Never rejects.
 */
export async function fetchPypiArchive({
  identifier,
  version,
  url,
  workDir,
  outbound = ownOutbound(),
  signal,
}: {
  identifier: string;
  version: string;
  url: string;
  workDir: string;
  outbound?: Outbound;
  signal?: AbortSignal;
}): Promise<PypiArchive> {
  const dir = await mkdtemp(join(workDir, 'pypi-source-'));
  let result: PypiArchive | undefined;
  try {
    result = await fetchInto({ identifier, version, url, outbound, ...(signal ? { signal } : {}) }, dir);
    return result;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    return { ok: false, reason: error.message };
  } finally {
    if (!result?.ok) await rm(dir, { recursive: true, force: true });
  }
}

type Request = { identifier: string; version: string; url: string; outbound: Outbound; signal?: AbortSignal };

async function fetchInto(request: Request, dir: string): Promise<PypiArchive> {
  const { identifier, version, url, outbound, signal } = request;
  const trustedOrigins = [new URL(url).origin];
  const files = (await filesByJson(request, trustedOrigins)) ?? (await filesByIndex(request, trustedOrigins));
  const chosen = files && chooseFile(files);
  if (!chosen)
    return { ok: false, reason: `${new URL(url).host} has no file of ${identifier} ${version} that can be read.` };
  const file = join(dir, 'archive');
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'wx');
  let status: number;
  try {
    ({ status } = await outbound.fetch(chosen.url, {
      maxBytes: FILE_BYTES,
      timeoutMs: TIMEOUT_MS,
      trustedOrigins,
      onChunk: (chunk) => {
        hash.update(chunk);
        writeSync(descriptor, chunk);
      },
      ...(signal ? { signal } : {}),
    }));
  } finally {
    closeSync(descriptor);
  }
  if (status !== 200)
    return { ok: false, reason: `${new URL(chosen.url).host} answers ${status} for ${chosen.filename}.` };
  const sha256 = hash.digest('hex');
  if (chosen.sha256 !== null && chosen.sha256 !== sha256)
    return { ok: false, reason: `${chosen.filename} is not what the index says that it is: its sha256 is ${sha256}.` };
  return { ok: true, file, dir, sha256 };
}

/** PEP 503: names that an index takes for one. */
const canonical = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

async function json(
  { outbound, signal }: Request,
  url: string,
  accept: string,
  trustedOrigins: string[],
): Promise<JsonObject | null> {
  const { status, body } = await outbound.fetch(url, {
    headers: { accept },
    maxBytes: DOCUMENT_BYTES,
    trustedOrigins,
    ...(signal ? { signal } : {}),
  });
  return status === 200 ? objectIn(body) : null;
}

function objectIn(body: Buffer): JsonObject | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

async function filesByJson(request: Request, trustedOrigins: string[]): Promise<ReleaseFile[] | null> {
  const { identifier, version, url } = request;
  const path = `${url}/pypi/${canonical(identifier)}/${encodeURIComponent(version)}/json`;
  const document = await json(request, path, 'application/json', trustedOrigins);
  if (document === null) return null;
  return objectsOf(document, 'urls').flatMap(([, file]) =>
    releaseFile(file, url, textOf(objectOf(file, 'digests') ?? {}, 'sha256')),
  );
}

async function filesByIndex(request: Request, trustedOrigins: string[]): Promise<ReleaseFile[] | null> {
  const { identifier, version, url } = request;
  const base = `${url}/simple/${canonical(identifier)}/`;
  const { body, headers, status } = await request.outbound.fetch(base, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' },
    maxBytes: DOCUMENT_BYTES,
    trustedOrigins,
    ...(request.signal ? { signal: request.signal } : {}),
  });
  if (status !== 200) return null;
  const isJson = (headers.get('content-type') ?? '').includes('json');
  const listed = isJson ? listedInJson(body, base) : listedInHtml(body, base);
  return listed.filter(({ filename }) => versionOf(filename, identifier) === version);
}

const listedInJson = (body: Buffer, base: string): ReleaseFile[] =>
  objectsOf(objectIn(body) ?? {}, 'files').flatMap(([, file]) =>
    releaseFile(file, base, textOf(objectOf(file, 'hashes') ?? {}, 'sha256')),
  );

/** PEP 503: one link a file, its digest behind the `#`. */
function listedInHtml(body: Buffer, base: string): ReleaseFile[] {
  const links = body
    .toString('utf8')
    .matchAll(/<a\s[^<>]{0,2000}?href="([^"<>]{1,2000})"[^<>]{0,2000}>([^<>]{1,255})<\/a>/gi);
  return [...links].flatMap(([, href = '', name = '']) => {
    const [url = '', fragment = ''] = href.replaceAll('&amp;', '&').split('#', 2);
    return releaseFile({ filename: name.trim(), url }, base, /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1]);
  });
}

function releaseFile(file: JsonObject, base: string, sha256: string | undefined): ReleaseFile[] {
  const [filename, url] = [textOf(file, 'filename'), textOf(file, 'url')];
  if (!filename || filename.length > 255 || !url || !URL.canParse(url, base)) return [];
  const digest = sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : null;
  return [{ filename, url: new URL(url, base).href, sha256: digest }];
}

/** The version in the name of a wheel (`name-1.2.3-py3-none-any.whl`) or of a source archive (`name-1.2.3.tar.gz`). */
function versionOf(filename: string, identifier: string): string | null {
  const wheel = /^[^-]{1,200}-([^-]{1,100})-.{1,200}\.whl$/.exec(filename);
  if (wheel) return wheel[1] as string;
  const source = /^(.{1,200})-([^-]{1,100})\.(?:tar\.gz|tgz|zip)$/.exec(filename);
  return source && canonical(source[1] as string) === canonical(identifier) ? (source[2] as string) : null;
}

function chooseFile(files: readonly ReleaseFile[]): ReleaseFile | undefined {
  const wheels = files.filter(({ filename }) => filename.endsWith('.whl'));
  const sources = files.filter(({ filename }) => /\.(?:tar\.gz|tgz|zip)$/.test(filename));
  return wheels.find(({ filename }) => filename.endsWith('-none-any.whl')) ?? wheels[0] ?? sources[0];
}
