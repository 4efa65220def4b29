import { DECOYS } from '#scanners/permissions/decoys.ts';

/** Empty of anything that opens anything: whatever parses it finds nothing, and whatever sends it sends nothing. */
const TEXTS: readonly { pattern: RegExp; text: string }[] = [
  {
    pattern: /id_(rsa|ed25519)$/,
    text: '-----BEGIN OPENSSH PRIVATE KEY-----\nZGVjb3k=\n-----END OPENSSH PRIVATE KEY-----\n',
  },
  { pattern: /credentials$/, text: '[default]\n' },
  { pattern: /\.json$|\/UTC--/, text: '{}\n' },
];

/** The decoys as files below `home`, with what is in them. */
export const decoyFiles = (home: string): { path: string; bytes: Buffer }[] =>
  DECOYS.map(({ path }) => ({
    path: path.replace(/^~/, home),
    bytes: Buffer.from(TEXTS.find(({ pattern }) => pattern.test(path))?.text ?? '\n'),
  }));
