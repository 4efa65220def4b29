import { sha256Hex } from '#lib/manifest/canonical.ts';

const MAX_LENGTH = 64;
const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');

/**
 * What a client calls each server: its whole name in `[A-Za-z0-9_-]`, at most 64 long. A name of its own and not the short
 * one of the install commands: rules of other files name servers by it, so another server on the list must not change it.
 * Names that would be called alike, or are too long, get a part of their SHA-256.
 */
export function exportKeys(names: readonly string[]): ReadonlyMap<string, string> {
  const byKey = Map.groupBy(names, (name) => plain(name).toLowerCase());
  return new Map(
    names.map((name) => {
      const key = plain(name);
      const isAlone = byKey.get(key.toLowerCase())!.length === 1;
      if (isAlone && key !== '' && key.length <= MAX_LENGTH) return [name, key];
      const digest = sha256Hex(Buffer.from(name, 'utf8')).slice(0, 8);
      return [name, `${key.slice(0, MAX_LENGTH - 9)}-${digest}`.replace(/^-/, '')];
    }),
  );
}
