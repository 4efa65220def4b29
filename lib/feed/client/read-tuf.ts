import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type TargetFile, Updater } from 'tuf-js';
import { FeedError } from '../feed-error.ts';
import { setReferenceTime } from '../tuf/reference-time.ts';
import { readRoot } from '../tuf/root.ts';
import { TUF_TARGETS } from '../tuf/tuf-format.ts';
import type { HttpSource } from './http-get.ts';
import { FEED_LIMITS, FEED_MAX_ROOT_ROTATIONS } from './limits.ts';
import { TufFetcher } from './tuf-fetcher.ts';

export type TufTarget = {
  sha256: string;
  length: number;
  serial: number | null;
  /** Downloads the target's bytes through the TUF repository; tuf-js checks length and hash. */
  download(): Promise<Buffer>;
};

type TimestampFile = { signed: { expires: string } };

export type TufReading = {
  allowlist: TufTarget;
  revocations: TufTarget;
  rootVersion: number;
  rootExpires: string;
  timestampExpires: string;
};

/**
 * Runs the TUF client workflow (specification 1.0.31 §5) with tuf-js in `dir`, which holds `root.json` (pinned or
 * verified earlier) and the other metadata accepted before. tuf-js writes what it verified back into `dir`.
 * `now` is the reference time for every expiry. Throws FEED_TUF, FEED_UNREACHABLE or FEED_TOO_LARGE.
 */
export async function readTuf({
  source,
  dir,
  now,
}: {
  source: HttpSource;
  dir: string;
  now: Date;
}): Promise<TufReading> {
  const base = source.baseUrl.replace(/\/+$/, '');
  const workDir = path.join(dir, 'download');
  await mkdir(workDir, { recursive: true });
  const fetcher = new TufFetcher({ source, workDir });
  const attempt = async <T>(action: () => Promise<T> | T): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      if (error instanceof FeedError) throw error;
      throw (
        fetcher.failure ??
        new FeedError('FEED_TUF', `The TUF repository did not verify: ${tufReason(error)}.`, { cause: error })
      );
    }
  };

  const updater = await attempt(
    () =>
      new Updater({
        metadataDir: dir,
        metadataBaseUrl: `${base}/tuf/metadata`,
        targetDir: workDir,
        targetBaseUrl: `${base}/tuf/targets`,
        fetcher,
        config: {
          maxRootRotations: FEED_MAX_ROOT_ROTATIONS,
          rootMaxLength: FEED_LIMITS.tufRoot,
          timestampMaxLength: FEED_LIMITS.tufTimestamp,
          snapshotMaxLength: FEED_LIMITS.tufSnapshot,
          targetsMaxLength: FEED_LIMITS.tufTargets,
        },
      }),
  );
  await attempt(() => setReferenceTime(updater, now));
  await attempt(() => updater.refresh());

  const target = async (name: string, maxBytes: number): Promise<TufTarget> => {
    const info = await attempt(() => updater.getTargetInfo(name));
    if (!info?.hashes.sha256)
      throw new FeedError('FEED_TUF', `The TUF repository has no target ${name} with a sha256.`);
    if (info.length > maxBytes) {
      throw new FeedError(
        'FEED_TOO_LARGE',
        `The TUF target ${name} has ${info.length} bytes; ${maxBytes} are the limit.`,
      );
    }
    return {
      sha256: info.hashes.sha256,
      length: info.length,
      serial: serialOf(info),
      download: () => attempt(async () => readFile(await updater.downloadTarget(info))),
    };
  };
  const allowlist = await target(TUF_TARGETS.allowlist, FEED_LIMITS.allowlist);
  const revocations = await target(TUF_TARGETS.revocations, FEED_LIMITS.revocations);
  const root = readRoot(await readFile(path.join(dir, 'root.json')));
  const timestamp = JSON.parse(await readFile(path.join(dir, 'timestamp.json'), 'utf8')) as TimestampFile;
  return {
    allowlist,
    revocations,
    rootVersion: root.signed.version,
    rootExpires: root.signed.expires,
    timestampExpires: timestamp.signed.expires,
  };
}

function serialOf(info: TargetFile): number | null {
  const { serial } = info.custom as { serial?: unknown };
  return typeof serial === 'number' ? serial : null;
}

function tufReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const kind = error.constructor.name === 'Error' ? '' : `${error.constructor.name}: `;
  return `${kind}${error.message.replace(/\.$/, '')}`;
}
