import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { algorithmOf, keyId, verifyBytes } from '#lib/feed/keys/key-algorithm.ts';
import { generateLocalKey, localKey } from '#lib/feed/keys/local-key.ts';
import { loadMasterKey, parseMasterKey } from '#lib/feed/keys/master-key.ts';
import { openKey, sealKey } from '#lib/feed/keys/sealed-key.ts';
import { tempDir } from './support/temp-dir.ts';

const masterKey = randomBytes(32);

describe.each(['ed25519', 'ecdsa-p256'] as const)('a local %s key', (algorithm) => {
  test('signs what its public key verifies, and nothing else', async () => {
    const key = generateLocalKey({ role: 'feed', algorithm });
    expect(key).toMatchObject({ algorithm, id: keyId(key.publicKey()) });
    const bytes = Buffer.from('bytes');
    const signature = await key.sign(bytes);
    expect(verifyBytes({ publicKey: key.publicKey(), bytes, signature })).toBe(true);
    expect(verifyBytes({ publicKey: key.publicKey(), bytes: Buffer.from('other'), signature })).toBe(false);
    expect(verifyBytes({ publicKey: key.publicKey(), bytes, signature: Buffer.from('short') })).toBe(false);
  });

  test('is the same key after sealing and opening', async () => {
    const key = generateLocalKey({ role: 'feed', algorithm });
    const sealed = sealKey({ privateKey: key.privateKey, org: 'acme', role: 'feed', masterKey });
    const place = { org: 'acme', keyid: key.id, role: 'feed' as const };
    const opened = localKey({ privateKey: openKey({ sealed, ...place, masterKey }), role: 'feed' });
    expect(opened.id).toBe(key.id);
    const signature = await opened.sign(Buffer.from('x'));
    expect(verifyBytes({ publicKey: key.publicKey(), bytes: Buffer.from('x'), signature })).toBe(true);
  });
});

test('other kinds of keys are refused', () => {
  for (const { publicKey } of [
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]) {
    expect(() => algorithmOf(publicKey)).toThrow(expect.objectContaining({ code: 'KEY_ALGORITHM' }));
  }
});

describe('a sealed key does not open', () => {
  const key = generateLocalKey({ role: 'feed' });
  const other = generateLocalKey({ role: 'feed' });
  const sealed = sealKey({ privateKey: key.privateKey, org: 'acme', role: 'feed', masterKey });
  const place = { sealed, org: 'acme', keyid: key.id, role: 'feed' as const, masterKey };
  const flipped = (index: number) => {
    const copy = Buffer.from(sealed);
    copy[index] = (copy[index] as number) ^ 1;
    return copy;
  };
  const cases: { name: string; code: string; change: Partial<Parameters<typeof openKey>[0]> }[] = [
    { name: 'under another master key', code: 'SEALED_KEY_OPEN', change: { masterKey: randomBytes(32) } },
    { name: 'for another organization', code: 'SEALED_KEY_OPEN', change: { org: 'other' } },
    { name: 'for another role', code: 'SEALED_KEY_OPEN', change: { role: 'root' } },
    { name: 'as another key', code: 'SEALED_KEY_OPEN', change: { keyid: other.id } },
    { name: 'with an edited nonce', code: 'SEALED_KEY_OPEN', change: { sealed: flipped(1) } },
    { name: 'with an edited tag', code: 'SEALED_KEY_OPEN', change: { sealed: flipped(13) } },
    { name: 'with an edited ciphertext', code: 'SEALED_KEY_OPEN', change: { sealed: flipped(sealed.length - 1) } },
    { name: 'from another format version', code: 'SEALED_KEY_MALFORMED', change: { sealed: flipped(0) } },
    { name: 'cut short', code: 'SEALED_KEY_MALFORMED', change: { sealed: sealed.subarray(0, 29) } },
    { name: 'with a short master key', code: 'MASTER_KEY_LENGTH', change: { masterKey: randomBytes(16) } },
  ];
  test.each(cases)('$name', ({ code, change }) => {
    expect(() => openKey({ ...place, ...change })).toThrow(expect.objectContaining({ code }));
  });

  test('and never has the private key in the clear', () => {
    const pkcs8 = key.privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(sealed.includes(pkcs8.subarray(-32))).toBe(false);
  });
});

describe('the master key', () => {
  test.each(['hex', 'base64', 'base64url'] as const)('is read from %s', (encoding) => {
    expect(parseMasterKey(` ${masterKey.toString(encoding)}\n`)).toEqual(masterKey);
  });

  test.each([
    ['sixteen bytes', randomBytes(16).toString('base64'), 'MASTER_KEY_LENGTH'],
    ['half the hex digits', randomBytes(16).toString('hex'), 'MASTER_KEY_LENGTH'],
    ['a sentence', 'correct horse battery staple!', 'MASTER_KEY_MALFORMED'],
  ])('is not %s', (_name, value, code) => {
    expect(() => parseMasterKey(value)).toThrow(expect.objectContaining({ code }));
  });

  test('is made once, with mode 0600, however many processes start together', async () => {
    const file = path.join(await tempDir(), 'keys', 'master.key');
    const loaded = await Promise.all([1, 2, 3, 4].map(() => loadMasterKey({ file, create: true })));
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(loaded.map(({ key }) => key.toString('hex'))).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['master.key']);
    expect(parseMasterKey(await readFile(file, 'utf8'))).toEqual(loaded[0]?.key);
  });

  test('is refused, or taken with a warning, when others can read its file', async () => {
    const file = path.join(await tempDir(), 'master.key');
    await writeFile(file, masterKey.toString('base64'));
    await chmod(file, 0o640);
    await expect(loadMasterKey({ file })).rejects.toMatchObject({
      code: 'MASTER_KEY_EXPOSED',
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
    expect(await loadMasterKey({ file, onExposed: 'warn' })).toMatchObject({
      key: masterKey,
      warnings: [expect.any(String)],
    });
  });

  test('is missing without a value and a file, or with a file that is not there', async () => {
    await expect(loadMasterKey({})).rejects.toMatchObject({ code: 'MASTER_KEY_MISSING' });
    const file = path.join(await tempDir(), 'none');
    await expect(loadMasterKey({ file })).rejects.toMatchObject({ code: 'MASTER_KEY_MISSING' });
  });

  test('given as a value wins over the file', async () => {
    const value = masterKey.toString('hex');
    expect(await loadMasterKey({ value, file: '/nowhere' })).toMatchObject({ key: masterKey, source: 'value' });
  });
});
