import fs from 'node:fs';
import type { Command } from 'commander';
import { type Manifest, type ManifestDigests, parseManifest } from '#lib/manifest/index.ts';
import {
  parseTrustRoot,
  publicGoodRoot,
  SigningError,
  TRUSTED_ROOT_MAX_BYTES,
  type TrustRoot,
} from '#lib/signing/index.ts';

/** The command answered no: not verified, refused, not signed. */
export const EXIT_REFUSED = 1;
/** Wrong options, or a file that cannot be read. */
export const EXIT_USAGE = 2;

/** A fault of the call itself. */
export class UsageFault extends Error {}
/** A manifest that is not valid; the message lists why. */
export class ManifestFault extends Error {}

export type ManifestFile = { manifest: Manifest; manifestBytes: Buffer; digests: ManifestDigests };

/** One byte more than any manifest may have: parsing then refuses it with its own sentence. */
const MANIFEST_MAX_BYTES = 1024 * 1024 + 1;

/**
 * The manifest in a file. `mirror` forgives what only a new publication must not do.
 * Throws UsageFault when it cannot be read and ManifestFault when it is not valid.
 */
export function readManifest(file: string, mode: 'publish' | 'mirror'): ManifestFile {
  const manifestBytes = readInput(file, 'manifest', MANIFEST_MAX_BYTES);
  const parsed = parseManifest(manifestBytes, { mode });
  if (parsed.ok) return { manifest: parsed.manifest, digests: parsed.digests, manifestBytes };
  const errors = parsed.issues.filter(({ severity }) => severity === 'error');
  const lines = errors.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
  throw new ManifestFault([`${file} is not a valid manifest:`, ...lines].join('\n'));
}

/** The root in a `trusted_root.json`, or the public-good one. Throws UsageFault or SigningError `ROOT_MALFORMED`. */
export function loadTrustRoot(file: string | undefined, kind: 'custom' | 'github' = 'custom'): TrustRoot {
  if (file === undefined) {
    if (kind === 'github')
      throw new UsageFault('--root-kind github needs --trusted-root: see `gh attestation trusted-root`.');
    return publicGoodRoot();
  }
  const text = readInput(file, 'trusted root', TRUSTED_ROOT_MAX_BYTES + 1).toString('utf8');
  return parseTrustRoot({ name: 'trusted-root', kind, json: text });
}

/** At most `maxBytes` of a file; a longer one comes cut off, so that whoever checks the length says so. Throws UsageFault. */
export function readInput(file: string, what: string, maxBytes: number): Buffer {
  let handle: number | undefined;
  try {
    handle = fs.openSync(file, 'r');
    const status = fs.fstatSync(handle);
    if (!status.isFile()) throw new UsageFault(`The ${what} ${file} is not a file.`);
    const buffer = Buffer.alloc(Math.min(status.size, maxBytes));
    return buffer.subarray(0, fs.readSync(handle, buffer));
  } catch (error) {
    throw error instanceof UsageFault ? error : new UsageFault(`The ${what} ${file} ${reasonOf(error)}.`);
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

/** Writes a file that is either whole or not there. Throws UsageFault. */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(unfinished, bytes);
    fs.renameSync(unfinished, file);
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    throw new UsageFault(`The bundle ${file} ${reasonOf(error, 'cannot be written')}.`);
  }
}

function reasonOf(error: unknown, otherwise = 'cannot be read'): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' && otherwise === 'cannot be read') return 'does not exist';
  return code ? `${otherwise} (${code})` : otherwise;
}

/** Runs an action; a fault that a person can act on becomes a sentence and an exit code, anything else is thrown on. */
export async function reportFaults(command: Command, action: () => void | Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof UsageFault) {
      complain(`${error.message}\nSee: ${command.parent?.name() || 'hallmark'} ${command.name()} --help`);
      process.exitCode = EXIT_USAGE;
    } else if (error instanceof ManifestFault || error instanceof SigningError) {
      complain(error.message);
      process.exitCode = EXIT_REFUSED;
    } else {
      throw error;
    }
  }
}

/** Ends the process with exit code 2 where commander itself finds a call wrong, 0 after --help. */
export function exitOnUsageFaults(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
