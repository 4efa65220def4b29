import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { verifyBytes } from '#lib/feed/keys/key-algorithm.ts';
import { pemFileKey } from '#lib/feed/keys/pem-file-key.ts';
import { tempDir } from '../support/temp-dir.ts';

const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const p256 = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

async function fileOf(text: string, mode = 0o600): Promise<string> {
  const file = path.join(await tempDir(), 'key.pem');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

test.each([
  ['Ed25519', pkcs8(ed25519), 0o600],
  ['P-256', pkcs8(p256), 0o400],
  ['P-256 in SEC1', p256.export({ type: 'sec1', format: 'pem' }), 0o640],
])('%s signs', async (_name, pem, mode) => {
  const key = await pemFileKey({ file: await fileOf(String(pem), mode), role: 'feed' });
  const bytes = Buffer.from('x');
  expect(verifyBytes({ publicKey: key.publicKey(), bytes, signature: await key.sign(bytes) })).toBe(true);
});

const refused: [name: string, code: string, file: () => Promise<string>, keyid: string | undefined][] = [
  ['a file for everybody', 'KEY_FILE_EXPOSED', () => fileOf(pkcs8(ed25519), 0o644), undefined],
  ['no file', 'KEY_FILE_MISSING', async () => '/nowhere/key.pem', undefined],
  ['a text', 'KEY_FILE_MALFORMED', () => fileOf('hello'), undefined],
  ['a large file', 'KEY_FILE_MALFORMED', () => fileOf('x'.repeat(9000)), undefined],
  ['another key than the pinned one', 'KEY_MISMATCH', () => fileOf(pkcs8(ed25519)), 'f'.repeat(64)],
  [
    'a key of another algorithm',
    'KEY_ALGORITHM',
    () => fileOf(pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey)),
    undefined,
  ],
  [
    'a key with a passphrase',
    'KEY_FILE_MALFORMED',
    () => fileOf(ed25519.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()),
    undefined,
  ],
];

test.each(refused)('%s is refused', async (_name, code, file, keyid) => {
  await expect(pemFileKey({ file: await file(), role: 'feed', keyid })).rejects.toMatchObject({ code });
});
