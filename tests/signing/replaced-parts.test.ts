import { afterAll, beforeAll, expect, test } from 'vitest';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { accepted, changed, MANIFEST, verify } from './signing-kit.ts';

let sigstore: PrivateSigstore;
beforeAll(async () => {
  sigstore = await startPrivateSigstore();
});
afterAll(() => sigstore.close());

test.each(['message', 'dsse'] as const)(
  '%s bundle, whichever single part is replaced: nothing is thrown, and no other signer, subject or earlier time is told',
  async (form) => {
    const services = sigstore.services({ tsa: true });
    const input = { manifestBytes: MANIFEST, sigstore: services, identityToken: gitHubToken() };
    const bundle = await signManifest({ ...input, form });
    const honest = accepted(verify(bundle, [sigstore.trustRoot]));
    let refusals = 0;
    for (const path of pathsOf(bundle)) {
      for (const junk of [null, '', 'AAAA', -1, [], {}, { toString: 1 }]) {
        const result = verify(replaced(bundle, path, junk), [sigstore.trustRoot]);
        if (!result.ok) {
          refusals++;
          expect(result.message, path.join('.')).toMatch(/\.$/);
          continue;
        }
        const { root, form, subject, signer } = honest;
        expect(result, path.join('.')).toMatchObject({ root, form, subject, signer });
        expect([honest.logIndex, null], path.join('.')).toContain(result.logIndex);
        expect(Date.parse(result.signedAt ?? ''), path.join('.')).toBeGreaterThanOrEqual(
          Date.parse(honest.signedAt ?? ''),
        );
      }
    }
    expect(refusals).toBeGreaterThan(100);
  },
);

type Path = (string | number)[];

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...at, key]))];
}

function replaced(value: object, path: Path, junk: unknown): unknown {
  const last = path.at(-1);
  if (last === undefined) return junk;
  return changed(value, (copy) => {
    let parent = copy;
    for (const key of path.slice(0, -1)) parent = parent[key];
    parent[last] = junk;
  });
}
