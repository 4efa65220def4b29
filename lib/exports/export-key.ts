import { sha256Hex } from '#lib/manifest/canonical.ts';

/** Of a Kubernetes label, the shortest that a client asks for. */
const MAX_LENGTH = 63;
const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');

/** Some clients know no capitals, some no hyphens. */
const folded = (key: string): string => key.toLowerCase().replaceAll('_', '-');

/**
 * What a client calls each server: its whole name in `[A-Za-z0-9_-]`, at most 63 long. A name of its own and not the short
 * one of the install commands: rules of other files name servers by it, so another server on the list must not change it.
 * Names that would be called alike, or are too long, get a part of their SHA-256.
 */
export function exportKeys(names: readonly string[]): ReadonlyMap<string, string> {
  const byKey = Map.groupBy(names, (name) => folded(plain(name)));
  return new Map(
    names.map((name) => {
      const key = plain(name);
      const isAlone = byKey.get(folded(key))!.length === 1;
      if (isAlone && key !== '' && key.length <= MAX_LENGTH) return [name, key];
      const digest = sha256Hex(Buffer.from(name, 'utf8')).slice(0, 8);
      return [name, `${key.slice(0, MAX_LENGTH - 9)}-${digest}`.replace(/^-/, '')];
    }),
  );
}
