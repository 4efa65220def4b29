import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ArchiveFault } from '#lib/scans/package-source/archive.ts';
import type { SourceLimits } from '#lib/scans/package-source/types.ts';
import { CODE_LIMITS } from '#scanners/package-code/limits.ts';
import { type ZipEntry, zip } from '../../packages/support/zip.ts';
import { collectBytes, paths, reasons, tarball } from './support.ts';

const PACKAGE = { path: 'package/package.json', text: JSON.stringify({ name: 'weather-mcp', version: '1.2.3' }) };

test('a tarball of npm is read below its one directory', async () => {
  const files = await collectBytes(
    tarball([
      PACKAGE,
      { path: 'package/dist/index.js', text: 'export default 1;' },
      { path: 'package/README.md', text: '# Hi' },
      { path: 'package/logo.png', text: 'x' },
    ]),
  );
  expect(paths(files)).toEqual(['README.md', 'dist/index.js', 'package.json']);
  expect(files).toMatchObject({
    name: 'weather-mcp',
    version: '1.2.3',
    manifest: { name: 'weather-mcp' },
    notRead: [],
  });
});

test('a wheel is read with what it says of itself', async () => {
  const files = await collectBytes(
    zip([
      { name: 'weather/server.py', content: 'x = 1' },
      {
        name: 'weather-1.0.dist-info/METADATA',
        content: 'Metadata-Version: 2.1\nName: weather\nVersion: 1.0\n\nHello',
      },
      { name: 'weather/native.so', content: 'ELF' },
    ]),
  );
  expect(paths(files)).toEqual(['weather-1.0.dist-info/METADATA', 'weather/server.py']);
  expect(files).toMatchObject({ name: 'weather', version: '1.0', manifest: null });
  expect(reasons(files)).toEqual(['weather/native.so: It is a program that is no text.']);
});

describe('names that lead out are refused, and nothing is written', () => {
  const MARK = 'hallmark-zip-slip-mark.js';
  const names = [
    `../../${MARK}`,
    `/tmp/${MARK}`,
    `package/../../../${MARK}`,
    `..\\..\\${MARK}`,
    `C:\\${MARK}`,
    `package/a/../../../${MARK}`,
  ];

  test.each(names)('in a tarball: %s', async (path) => {
    const before = readdirSync(tmpdir()).filter((name) => name.includes(MARK));
    const files = await collectBytes(tarball([PACKAGE, { path, text: 'evil' }]));
    expect(paths(files)).toEqual(['package.json']);
    expect(files.notRead[0]?.reason).toBe('It has a name that leads out of the package.');
    expect(readdirSync(tmpdir()).filter((name) => name.includes(MARK))).toEqual(before);
    expect(existsSync(`/tmp/${MARK}`)).toBe(false);
  });

  test.each(names)('in a ZIP archive: %s', async (name) => {
    const files = await collectBytes(
      zip([
        { name: 'a.py', content: 'x = 1' },
        { name, content: 'evil' },
      ]),
    );
    expect(paths(files)).toEqual(['a.py']);
    expect(files.notRead[0]?.reason).toBe('It has a name that leads out of the package.');
    expect(existsSync(`/tmp/${MARK}`)).toBe(false);
  });
});

describe('what is no file is not followed', () => {
  test.each([
    ['a symbolic link', 'SymbolicLink', '/etc/passwd'],
    ['a hard link', 'Link', 'package/package.json'],
  ] as const)('%s', async (_, type, link) => {
    const files = await collectBytes(tarball([PACKAGE, { path: 'package/index.js', type, link }]));
    expect(paths(files)).toEqual(['package.json']);
    expect(reasons(files)).toEqual(['index.js: It is a link, which is not followed.']);
  });

  test.each(['Directory', 'FIFO', 'CharacterDevice'] as const)('%s', async (type) => {
    expect(paths(await collectBytes(tarball([PACKAGE, { path: 'package/index.js', type }])))).toEqual(['package.json']);
  });

  test('a symbolic link in a ZIP archive', async () => {
    const bytes = zip([
      { name: 'a.py', content: 'x' },
      { name: 'link.py', content: '/etc/passwd' },
    ]);
    const at = bytes.lastIndexOf('link.py') - 46 + 38;
    bytes.writeUInt32LE((0o120777 << 16) >>> 0, at);
    const files = await collectBytes(bytes);
    expect(paths(files)).toEqual(['a.py']);
    expect(reasons(files)).toEqual(['link.py: It is a link, which is not followed.']);
  });
});

describe('an archive that would exhaust the reader is refused', () => {
  const small: Partial<SourceLimits> = { entries: 50, unpackedBytes: 1_000_000, ratio: 20, ratioFreeBytes: 100_000 };
  const NOISE = randomBytes(2_000);
  const zeros = (bytes: number) => Buffer.alloc(bytes, 0x61);
  const cases: [what: string, bytes: () => Buffer, message: RegExp][] = [
    [
      'a tarball of many entries',
      () => tarball(Array.from({ length: 51 }, (_, i) => ({ path: `package/${i}.js` }))),
      /more than 50 entries/,
    ],
    [
      'a ZIP archive of many entries',
      () => zip(Array.from({ length: 51 }, (_, i) => ({ name: `${i}.js`, content: '' }))),
      /more than 50 entries/,
    ],
    [
      'a tarball that unpacks to much',
      () => tarball([{ path: 'package/a.bin', text: zeros(1_000_001) }]),
      /more than 1 MiB|times its size/,
    ],
    [
      'a tarball that unpacks to many times its size',
      () => tarball([{ path: 'package/a.js', text: zeros(400_000) }]),
      /more than 20 times its size/,
    ],
    ['a ZIP archive that does', () => zip([{ name: 'a.js', content: zeros(400_000) }]), /more than 20 times its size/],
    [
      'files that lie on top of each other',
      () =>
        zip([
          { name: 'a.js', content: NOISE },
          ...Array.from({ length: 40 }, (_, i): ZipEntry => ({ name: `${i}.js`, content: NOISE, on: 0 })),
        ]),
      /on top of each other/,
    ],
    [
      'a ZIP archive whose directory lies about sizes',
      () => zip([{ name: 'a.js', content: zeros(50_000), claims: { unpacked: 10 } }]),
      /cannot be read/,
    ],
    ['no archive at all', () => Buffer.from('hello'), /no archive/],
    ['nothing', () => Buffer.alloc(0), /no archive/],
    ['half a ZIP archive', () => zip([{ name: 'a.js', content: 'x' }]).subarray(0, 20), /cannot be read/],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    const error = await collectBytes(bytes(), small).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(ArchiveFault);
    expect((error as Error).message).toMatch(message);
  });
});

test('a hundred thousand entries end at the limit', async () => {
  const bytes = tarball(Array.from({ length: 100_000 }, (_, i) => ({ path: `package/${i}.js`, text: '1' })));
  await expect(collectBytes(bytes)).rejects.toThrow('The archive holds more than 50000 entries.');
});

test('a tarball cut in the middle gives what came before', async () => {
  const whole = tarball([PACKAGE, { path: 'package/index.js', text: `// ${'x'.repeat(5_000)}` }]);
  const result = await collectBytes(whole.subarray(0, whole.length - 12)).catch((error: unknown) => error);
  expect(result instanceof ArchiveFault || paths(result as never).includes('package.json')).toBe(true);
});

describe('files beyond the limits are left and named', () => {
  test('one that is too large', async () => {
    const files = await collectBytes(
      tarball([PACKAGE, { path: 'package/big.js', text: randomBytes(CODE_LIMITS.fileBytes / 2 + 1).toString('hex') }]),
    );
    expect(paths(files)).toEqual(['package.json']);
    expect(reasons(files)).toEqual(['big.js: It is larger than 6 MiB.']);
  });

  test('more than are read', async () => {
    const many = Array.from({ length: CODE_LIMITS.files + 2 }, (_, i) => ({ path: `package/${i}.js`, text: '1' }));
    const files = await collectBytes(tarball(many));
    expect(files.files).toHaveLength(CODE_LIMITS.files);
    expect(reasons(files)[0]).toMatch(/^\d+\.js: It comes after 3000 others, and so do 1 more\.$/);
  });

  test('the same name twice: the first counts', async () => {
    const files = await collectBytes(
      tarball([PACKAGE, { path: 'package/a.js', text: 'first' }, { path: 'package/a.js', text: 'second' }]),
    );
    expect(files.files.find(({ path }) => path === 'a.js')?.text).toBe('first');
    expect(reasons(files)).toEqual(['a.js: It stands twice in the archive; the first is read.']);
  });

  test('packages of others, and what is no text', async () => {
    const files = await collectBytes(
      tarball([
        PACKAGE,
        { path: 'package/node_modules/x/index.js', text: '1' },
        { path: 'package/node_modules/y/index.js', text: '1' },
        { path: 'package/data.js', text: Buffer.from([0, 1, 2]) },
      ]),
    );
    expect(paths(files)).toEqual(['package.json']);
    expect(reasons(files)).toEqual([
      'node_modules/x/index.js: It belongs to another package, as do 1 more.',
      'data.js: It is not text.',
    ]);
  });
});

test('broken UTF-8 and other encodings are read as far as they go', async () => {
  const files = await collectBytes(
    tarball([
      { path: 'package/a.js', text: Buffer.from([0x61, 0xff, 0xfe, 0x62]) },
      { path: 'package/b.js', text: Buffer.from('\uFEFFexport default 1;', 'utf16le') },
      { path: 'package/package.json', text: '{ not json' },
    ]),
  );
  expect(files.files.map(({ path, text }) => [path, text])).toEqual([
    ['a.js', 'a\uFFFD\uFFFDb'],
    ['b.js', 'export default 1;'],
    ['package.json', '{ not json'],
  ]);
  expect(files).toMatchObject({ manifest: null, name: 'package' });
});
