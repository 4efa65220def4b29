import { describe, expect, test } from 'vitest';
import { ofManifest } from '#scanners/example-snapshots.ts';
import type { KnownServer, ScanFacts } from '#scanners/facts.ts';
import { affixOf, closenessOf, editDistance } from '#scanners/impersonation/closeness.ts';
import { ownerOf } from '#scanners/impersonation/identity.ts';
import { WELL_KNOWN } from '#scanners/impersonation/well-known.ts';
import { scanSnapshot } from '#scanners/run.ts';

describe('how close two names are', () => {
  test.each([
    ['micros0ft', 'microsoft', 'homoglyph'],
    ['rnicrosoft', 'microsoft', 'homoglyph'],
    ['mіcrosoft', 'microsoft', 'homoglyph'],
    ['paypaI', 'paypal', 'homoglyph'],
    ['model-context-protocol', 'modelcontextprotocol', 'hyphens'],
    ['githbu', 'github', 'swapped-letters'],
    ['githubb', 'github', 'swapped-letters'],
    ['mircosoft', 'microsoft', 'one-letter'],
    ['microsot', 'microsoft', 'one-letter'],
    ['modelcontxtprotcol', 'modelcontextprotocol', 'two-letters'],
    ['Microsoft', 'microsoft', null],
    ['githug', 'github', null],
    ['redix', 'redis', null],
    ['forecasts', 'forecast', null],
    ['cluster-v2', 'cluster-v1', null],
    ['microsystems', 'microsoft', null],
    ['', 'microsoft', null],
  ])('%s and %s: %s', (name, known, expected) => {
    expect(closenessOf(name, known)).toBe(expected);
  });

  test.each([
    ['microsoft-mcp', 'microsoft', 'trade'],
    ['mcp-microsoft', 'microsoft', 'trade'],
    ['stripe-official', 'stripe', 'trust'],
    ['docker-samples', 'docker', null],
    ['microsoft', 'microsoft', null],
    ['microsoftmcp', 'microsoft', null],
  ])('%s adds to %s: %s', (name, known, expected) => {
    expect(affixOf(name, known)).toBe(expected);
  });

  test('the bounded distance is the distance', () => {
    const words = ['', 'a', 'ab', 'ba', 'abc', 'acb', 'abcd', 'bacd', 'badc', 'abdc', 'xabc', 'abcx', 'axc'];
    for (const a of words) {
      for (const b of words) {
        for (const limit of [0, 1, 2]) {
          expect(editDistance(a, b, limit), `${a} ${b} ${limit}`).toBe(Math.min(plainDistance(a, b), limit + 1));
        }
      }
    }
  });
});

/** The definition, without the shortcuts. */
function plainDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const cost = a.at(-1) === b.at(-1) ? 0 : 1;
  const options = [
    plainDistance(a.slice(0, -1), b) + 1,
    plainDistance(a, b.slice(0, -1)) + 1,
    plainDistance(a.slice(0, -1), b.slice(0, -1)) + cost,
  ];
  if (a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1) && a.length > 1 && b.length > 1) {
    options.push(plainDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...options);
}

test.each([
  ['io.github.Acme/x', { kind: 'account', name: 'acme' }],
  ['io.gitlab.acme/x', { kind: 'account', name: 'acme' }],
  ['com.acme.mcp.docs/x', { kind: 'domain', name: 'com.acme' }],
  ['uk.co.acme.mcp/x', { kind: 'domain', name: 'uk.co.acme' }],
  ['com.github.acme/x', { kind: 'domain', name: 'com.github' }],
])('%s stands for %j', (name, owner) => {
  expect(ownerOf(name)).toEqual(owner);
});

const accusationsOf = (name: string, facts?: ScanFacts): string[] =>
  scanSnapshot({ ...ofManifest({ name }), ...(facts ? { facts } : {}) })
    .findings.filter((finding) => finding.class === 'accusation')
    .map(({ ruleId, severity }) => `${ruleId} ${severity}`);

test('no well-known publisher is accused of being like another', () => {
  for (const { accounts, domains } of WELL_KNOWN) {
    for (const account of accounts) expect(accusationsOf(`io.github.${account}/files`), account).toEqual([]);
    for (const domain of domains) expect(accusationsOf(`${domain}/files`), domain).toEqual([]);
  }
});

test('no package of a well-known publisher is accused, whoever lists it', () => {
  const packages = WELL_KNOWN.flatMap((publisher) => publisher.packages).map((text) => {
    const at = text.indexOf(':');
    return { registryType: text.slice(0, at), identifier: text.slice(at + 1), version: '1.0.0' };
  });
  for (const pkg of packages) {
    const snapshot = ofManifest({ packages: [{ ...pkg, transport: { type: 'stdio' } }] });
    const found = scanSnapshot(snapshot).findings.filter(({ ruleId }) => ruleId === 'pkg.lookalike');
    expect(found, pkg.identifier).toEqual([]);
  }
});

describe('beside the servers of a catalog', () => {
  const known = (isVerified: boolean): KnownServer => ({
    name: 'com.forecasters/forecast',
    title: null,
    holder: { slug: 'forecasters', isVerified },
    uses: 3,
    packages: [],
  });
  const facts = (isVerified: boolean, slug: string | null = null): ScanFacts => ({
    at: '2026-11-20T00:00:00Z',
    packages: [],
    holder: slug === null ? null : { slug, isVerified: true },
    known: [known(isVerified)],
    observed: null,
  });

  test('a look-alike of a name that is only in use weighs less than of one that is proven', () => {
    expect(accusationsOf('com.forecaster5/x', facts(true))).toEqual(['id.lookalike-namespace high']);
    expect(accusationsOf('com.forecaster5/x', facts(false))).toEqual(['id.lookalike-namespace medium']);
  });

  test('the same publisher is never accused, nor the server itself', () => {
    expect(accusationsOf('com.forecaster5/x', facts(true, 'forecasters'))).toEqual([]);
    expect(accusationsOf('com.forecasters/forecast', facts(true))).toEqual([]);
    expect(accusationsOf('com.forecasters.eu/forecast', facts(true))).toEqual([]);
  });
});

test('names made to be slow are compared at once', () => {
  const long = 'modelcontextprotocol'.repeat(5_000);
  expect(closenessOf(long, 'modelcontextprotocol')).toBeNull();
  expect(accusationsOf(`io.github.${'a-'.repeat(50_000)}/x`)).toEqual([]);
});
