import { createPrivateKey, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import { KeyError } from './key-error.ts';
import type { FeedKeyRole } from './key-provider.ts';
import { type LocalKey, localKey } from './local-key.ts';

/** A P-256 key in PEM has about 240 bytes. */
const MAX_FILE_BYTES = 8192;

/**
 * A key out of a PEM file (PKCS#8, or SEC1 for P-256), e.g. a mounted secret. Read anew each time, so that a changed
 * mount is noticed. With `keyid` it must be that key.
 * Throws KEY_FILE_MISSING, KEY_FILE_EXPOSED, KEY_FILE_MALFORMED, KEY_ALGORITHM or KEY_MISMATCH.
 */
export async function pemFileKey({
  file,
  role,
  keyid,
}: {
  file: string;
  role: FeedKeyRole;
  keyid?: string | undefined;
}): Promise<LocalKey> {
  const key = localKey({ privateKey: parsePrivatePem(await readKeyFile(file), file), role });
  if (keyid !== undefined && key.id !== keyid) {
    throw new KeyError('KEY_MISMATCH', `${file} holds the key ${key.id.slice(0, 12)}, not ${keyid.slice(0, 12)}.`);
  }
  return key;
}

/** Throws KEY_FILE_MALFORMED. `place` is for the message. */
export function parsePrivatePem(pem: string, place: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    // The cause would quote the file.
    throw new KeyError('KEY_FILE_MALFORMED', `${place} holds no private key in PEM without a passphrase.`);
  }
}

async function readKeyFile(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new KeyError('KEY_FILE_MISSING', `The key file ${file} cannot be read (${cause.code}).`, { cause });
  });
  try {
    // Of the open file, not of its name: what is checked is what is read.
    const { mode, size } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      throw new KeyError(
        'KEY_FILE_EXPOSED',
        `The key file ${file} has mode ${(mode & 0o777).toString(8)}: everybody on this machine can use it. Run: chmod 600 ${file}`,
      );
    }
    if (size > MAX_FILE_BYTES) throw new KeyError('KEY_FILE_MALFORMED', `${file} has ${size} bytes: that is no key.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
