import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Fetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { setReferenceTime } from '#lib/feed/tuf/reference-time.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { TRUSTED_ROOT_MAX_BYTES } from './limits.ts';

/** Name that Sigstore gives its root in a TUF repository. */
const TARGET = 'trusted_root.json';
const ROLES = ['root.json', 'timestamp.json', 'snapshot.json', 'targets.json'] as const;
/** Metadata of Sigstore's own repository has at most 10 KB a file. */
const METADATA_MAX_BYTES = 512 * 1024;
const MAX_ROOT_ROTATIONS = 64;

/**
 * Metadata of a TUF repository that was accepted before, by file name, exactly as it came. `root.json` is where trust
 * starts; the others keep a mirror from serving something older.
 */
export type TufFiles = { [name in (typeof ROLES)[number]]?: string };

/** Why a TUF repository gave no root. */
export type TufFault = 'MIRROR_UNREACHABLE' | 'TUF_ROLLBACK' | 'TUF_EXPIRED' | 'TUF_INVALID';

/** `files` is what was accepted, also of a try that failed later: a newer TUF root counts from then on (spec §5.3.8). */
export type TrustedRootFetch =
  | { ok: true; text: string; files: TufFiles }
  | { ok: false; code: TufFault; message: string; files: TufFiles };

/**
 * The current `trusted_root.json` of a Sigstore instance from its TUF repository (specification 1.0.31 §5, with tuf-js),
 * laid out as Sigstore's is: metadata at the base URL, targets below `targets/`. `now` decides every expiry. The mirror
 * need not be trusted: everything is signed. Never throws.
 */
export async function fetchTrustedRoot({
  mirror,
  files,
  outbound,
  now,
  signal,
}: {
  mirror: string;
  files: TufFiles;
  outbound: Outbound;
  now: Date;
  signal?: AbortSignal;
}): Promise<TrustedRootFetch> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hallmark-tuf-'));
  try {
    for (const name of ROLES) if (files[name] !== undefined) await fs.writeFile(path.join(folder, name), files[name]);
    const fetcher = mirrorFetcher({ mirror, folder, outbound, signal });
    try {
      const text = await runWorkflow({ mirror: mirror.replace(/\/+$/, ''), folder, fetcher, now });
      return { ok: true, text, files: await readFiles(folder) };
    } catch (error) {
      return { ok: false, ...faultOf(error, fetcher.unreachable, mirror), files: await readFiles(folder) };
    }
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

async function runWorkflow({
  mirror,
  folder,
  fetcher,
  now,
}: {
  mirror: string;
  folder: string;
  fetcher: Fetcher;
  now: Date;
}): Promise<string> {
  const targetDir = path.join(folder, 'targets');
  await fs.mkdir(targetDir);
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: mirror,
    targetDir,
    targetBaseUrl: `${mirror}/targets`,
    fetcher,
    config: {
      maxRootRotations: MAX_ROOT_ROTATIONS,
      rootMaxLength: METADATA_MAX_BYTES,
      timestampMaxLength: METADATA_MAX_BYTES,
      snapshotMaxLength: METADATA_MAX_BYTES,
      targetsMaxLength: METADATA_MAX_BYTES,
    },
  });
  setReferenceTime(updater, now);
  await updater.refresh();
  const target = await updater.getTargetInfo(TARGET);
  if (!target) throw new Error(`the repository has no target ${TARGET}`);
  if (target.length > TRUSTED_ROOT_MAX_BYTES) throw new Error(`its ${TARGET} is larger than the limit`);
  return fs.readFile(await updater.downloadTarget(target), 'utf8');
}

type MirrorFetcher = Fetcher & { unreachable: Error | null };

/** Gives tuf-js our own way out. It wraps what went wrong in errors of its own, so the last failure is kept. */
function mirrorFetcher({
  mirror,
  folder,
  outbound,
  signal,
}: {
  mirror: string;
  folder: string;
  outbound: Outbound;
  signal?: AbortSignal;
}): MirrorFetcher {
  const trustedOrigins = URL.canParse(mirror) ? [new URL(mirror).origin] : [];
  const fetcher: MirrorFetcher = {
    unreachable: null,
    downloadBytes: async (url, maxBytes) => {
      const response = await outbound
        .fetch(url, { maxBytes, trustedOrigins, ...(signal && { signal }) })
        .catch((error: Error) => {
          fetcher.unreachable = error;
          throw error;
        });
      if (response.status === 200) return response.body;
      const failure = new DownloadHTTPError(`${url} answered ${response.status}`, response.status);
      // That the next root is not there is how a client learns that it has the newest.
      const isAbsentRoot = url.endsWith('.root.json') && [403, 404].includes(response.status);
      if (!isAbsentRoot) fetcher.unreachable = failure;
      throw failure;
    },
    downloadFile: async (url, maxBytes, handler) => {
      const file = path.join(folder, randomUUID());
      await fs.writeFile(file, await fetcher.downloadBytes(url, maxBytes));
      return handler(file);
    },
  };
  return fetcher;
}

async function readFiles(folder: string): Promise<TufFiles> {
  const files: TufFiles = {};
  for (const name of ROLES) {
    const text = await fs.readFile(path.join(folder, name), 'utf8').catch(() => null);
    if (text !== null) files[name] = text;
  }
  return files;
}

/** tuf-js puts errors about snapshot and targets into the text of another one, so the text is read too. */
function faultOf(error: unknown, unreachable: Error | null, mirror: string): { code: TufFault; message: string } {
  if (unreachable) return { code: 'MIRROR_UNREACHABLE', message: sentence(unreachable.message) };
  const kind = error instanceof Error ? error.constructor.name : '';
  const detail = error instanceof Error ? error.message : String(error);
  const says = (word: string) => kind === word || detail.includes(word);
  if (says('ExpiredMetadataError') || / is expired/.test(detail)) {
    return { code: 'TUF_EXPIRED', message: sentence(`The metadata at ${mirror} has expired: ${detail}`) };
  }
  if (says('BadVersionError') || /is less than current version/.test(detail)) {
    return { code: 'TUF_ROLLBACK', message: sentence(`${mirror} serves something older than before: ${detail}`) };
  }
  return { code: 'TUF_INVALID', message: sentence(`The TUF repository at ${mirror} did not verify: ${detail}`) };
}

function sentence(text: string): string {
  return `${text.replace(/\.$/, '').slice(0, 400)}.`;
}
