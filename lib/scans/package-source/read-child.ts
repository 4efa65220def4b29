/**
 * The process that unpacks, parses and follows one package's code, so that hostile files can exhaust or crash only it.
 * Started by `readPackage` with an IPC channel; gets one `ReadRequest` and sends `ReadReply`s. It runs nothing of a package.
 */
import { CODE_LIMITS } from '#scanners/package-code/limits.ts';
import { prepareParsers } from '#scanners/package-code/parse/parsers.ts';
import { readCode } from '#scanners/package-code/read-code.ts';
import type { PackageCode } from '#scanners/package-code/types.ts';
import { ArchiveFault } from './archive.ts';
import { collectPackage } from './collect.ts';
import type { PackageIdentity, PackageSource, SourceLimits } from './types.ts';

export type ReadRequest = {
  source: PackageSource;
  identity: PackageIdentity;
  limits: SourceLimits;
  /** Files that ended an earlier process. */
  skip: string[];
};

export type ReadReply =
  | { kind: 'file'; path: string }
  | { kind: 'done'; code: PackageCode }
  | { kind: 'failed'; reason: string };

const send = (reply: ReadReply): Promise<void> => new Promise((resolve) => process.send?.(reply, () => resolve()));

async function read({ source, identity, limits, skip }: ReadRequest): Promise<PackageCode> {
  const files = await collectPackage(source, identity, limits);
  const skipped = new Set(skip);
  const kept = {
    ...files,
    files: files.files.filter(({ path }) => !skipped.has(path)),
    notRead: [
      ...files.notRead,
      ...skip.map((path) => ({ path, reason: 'The parser could not get through it.' })),
    ].slice(0, CODE_LIMITS.notRead),
  };
  return readCode(kept, await prepareParsers(), (path) => void send({ kind: 'file', path }));
}

process.once('message', async (request: ReadRequest) => {
  try {
    await send({ kind: 'done', code: await read(request) });
  } catch (error) {
    const reason =
      error instanceof ArchiveFault
        ? error.message
        : `The package's files could not be read (${(error as NodeJS.ErrnoException).code ?? 'fault'}).`;
    await send({ kind: 'failed', reason });
  }
  process.disconnect();
  process.exit();
});
// The parent is gone: nobody waits for the result.
process.once('disconnect', () => process.exit(1));
