import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { KeyError } from './key-error.ts';

export const MASTER_KEY_BYTES = 32;

/** A key file is a few dozen characters; anything much longer is another file. */
const MAX_FILE_BYTES = 4096;

export type MasterKey = {
  key: Buffer;
  source: 'value' | 'file';
  /** True when this call made the file: tell the admin to back it up. */
  created: boolean;
  warnings: string[];
};

/**
 * The 32-byte key that seals the signing keys, from `value` (base64, base64url or hex), else from `file`.
 * With `create`, a missing file is made with mode 0600, atomically: of several processes that start at once one makes
 * it and the others read it.
 * `onExposed` says what to do with a file that group or others can read: `refuse` (default), or `warn` for mounts such
 * as Kubernetes secrets, whose modes the operator does not choose.
 * Throws `MASTER_KEY_MISSING`, `MASTER_KEY_MALFORMED`, `MASTER_KEY_LENGTH` or `MASTER_KEY_EXPOSED`.
 */
export async function loadMasterKey({
  value,
  file,
  create = false,
  onExposed = 'refuse',
}: {
  value?: string | undefined;
  file?: string | undefined;
  create?: boolean;
  onExposed?: 'refuse' | 'warn';
}): Promise<MasterKey> {
  if (value !== undefined && value.trim() !== '') {
    return { key: parseMasterKey(value, 'The master key'), source: 'value', created: false, warnings: [] };
  }
  if (!file) {
    throw new KeyError('MASTER_KEY_MISSING', 'No master key: give its value, or the path of a file that holds it.');
  }
  const created = create ? await createMasterKeyFile(file) : false;
  const warnings = await checkMode(file, onExposed);
  return {
    key: parseMasterKey(await readKeyFile(file), `The master key in ${file}`),
    source: 'file',
    created,
    warnings,
  };
}

/** Reads 32 bytes out of 64 hex digits, or out of base64 or base64url. `label` opens the sentence of an error. */
export function parseMasterKey(text: string, label = 'The master key'): Buffer {
  const trimmed = text.trim();
  if (trimmed.length === MASTER_KEY_BYTES * 2 && /^[0-9a-f]+$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) {
    throw new KeyError(
      'MASTER_KEY_MALFORMED',
      `${label} is neither base64 nor hex. Make one with: openssl rand -base64 32`,
    );
  }
  const key = Buffer.from(trimmed, 'base64');
  if (key.length !== MASTER_KEY_BYTES) {
    throw new KeyError(
      'MASTER_KEY_LENGTH',
      `${label} has ${key.length} bytes; it needs ${MASTER_KEY_BYTES}. Make one with: openssl rand -base64 32`,
    );
  }
  return key;
}

/** Makes the file unless it is there. `link` fails on an existing name, so a half-written key is never visible. */
async function createMasterKeyFile(file: string): Promise<boolean> {
  if (await exists(file)) return false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(MASTER_KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function checkMode(file: string, onExposed: 'refuse' | 'warn'): Promise<string[]> {
  if (process.platform === 'win32') return [];
  const found = await stat(file).catch(() => null);
  if (!found || (found.mode & 0o077) === 0) return [];
  const sentence = `The master key file ${file} has mode ${(found.mode & 0o777).toString(8)}: others on this machine can read it. Run: chmod 600 ${file}`;
  if (onExposed === 'warn') return [sentence];
  throw new KeyError('MASTER_KEY_EXPOSED', sentence);
}

async function readKeyFile(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new KeyError('MASTER_KEY_MISSING', `The master key file ${file} cannot be read.`, { cause });
  }
  if (text.length > MAX_FILE_BYTES) {
    throw new KeyError('MASTER_KEY_LENGTH', `${file} has ${text.length} characters: that is no master key.`);
  }
  return text;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
