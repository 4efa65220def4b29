import { describe, expect, it } from 'vitest';
import { adminPath, parseAdminTab } from '#app/admin/admin-tabs.ts';
import { parsePage, publisherPath } from '#app/paths.ts';
import { CHECK_MEANING, CHECK_TONE, CHECK_WORD, checksByPackage } from '#app/text/package-words.ts';
import { signerChangeSentences } from '#app/text/signer-change-words.ts';
import { signerDetails } from '#app/text/signer-details.ts';
import { splitDigests } from '#app/text/split-digests.ts';
import { filterSentence, syncCounts } from '#app/text/sync-words.ts';
import { rootAge, thresholdSentence } from '#app/text/trust-root-words.ts';
import type { SignerSummary } from '#lib/catalog/signer-change.ts';
import type { PackageCheckView } from '#lib/packages/types.ts';

describe('checks of packages', () => {
  it('have a word, a meaning and a shape of their own for each state', () => {
    const states = ['proven', 'failed', 'absent', 'not_offered', 'unreachable'] as const;
    for (const table of [CHECK_WORD, CHECK_MEANING, CHECK_TONE])
      expect(new Set(states.map((state) => table[state])).size).toBe(states.length);
  });

  it('stand by their package, in the order of the manifest', () => {
    const check = (packageIndex: number, label: string) => ({ packageIndex, label }) as PackageCheckView;
    const groups = checksByPackage([check(0, 'npm a'), check(0, 'npm a'), check(2, 'oci b')]);
    expect(groups.map(({ index, label, checks }) => [index, label, checks.length])).toEqual([
      [0, 'npm a', 2],
      [2, 'oci b', 1],
    ]);
  });
});

describe('a change of signer', () => {
  const signer = (text: string) => ({ text }) as SignerSummary;

  it('names both, and accuses nobody', () => {
    const { what, so } = signerChangeSentences({
      kind: 'signer-changed',
      previousVersion: '1.0.0',
      from: signer('github.com/acme/a'),
      to: signer('github.com/acme/b'),
    });
    expect(what).toBe('Version 1.0.0 was signed by github.com/acme/a; this one by github.com/acme/b.');
    expect(so).toMatch(/move/);
  });

  it('says that a signature is missing', () => {
    const change = { kind: 'signature-disappeared', previousVersion: '1.0.0', from: signer('x'), to: null } as const;
    expect(signerChangeSentences(change).what).toBe(
      'Version 1.0.0 was signed by x; this one came without a signature.',
    );
  });
});

describe('digests in a sentence', () => {
  const hex = 'ab'.repeat(32);

  it.each([
    ['no digest here', ['no digest here']],
    [`is sha256:${hex}.`, ['is ', hex, '.']],
    [`sha256:${hex}`, [hex]],
    [`was sha256:${hex} and is sha256:${hex} now`, ['was ', hex, ' and is ', hex, ' now']],
    [`sha256:${hex.slice(2)} is too short`, [`sha256:${hex.slice(2)} is too short`]],
    ['', []],
  ])('%j', (text, parts) => {
    expect(splitDigests(text).map((part) => (part.kind === 'text' ? part.text : part.hex))).toEqual(parts);
  });
});

describe('a sync', () => {
  const none = { skippedFor: {}, skippedExamples: [] };

  it.each([
    [
      { pages: 13, seen: 1240, imported: 1200, updated: 0, unchanged: 38, filtered: 0, skipped: 2, ...none },
      '1,240 versions on 13 pages: 1,200 new, 38 unchanged, 2 skipped',
    ],
    [
      { pages: 0, seen: 0, imported: 0, updated: 0, unchanged: 0, filtered: 0, skipped: 0, ...none },
      'no versions on no pages',
    ],
  ])('says what came of it', (counts, text) => {
    expect(syncCounts(counts)).toBe(text);
  });

  it.each([
    [{ names: [], exclude: [], statuses: [] }, 'Every server.'],
    [{ names: [], exclude: [], statuses: ['active', 'deprecated', 'deleted'] }, 'Every server.'],
    [
      { names: ['com.acme/*'], exclude: ['com.acme/x'], statuses: ['active'] },
      'Servers named com.acme/*, without com.acme/x; versions that are active.',
    ],
  ] as const)('says what it asks for', (filters, text) => {
    expect(
      filterSentence({
        ...filters,
        names: [...filters.names],
        exclude: [...filters.exclude],
        statuses: [...filters.statuses],
      }),
    ).toBe(text);
  });
});

describe('a trust root', () => {
  it.each([
    [{ inUse: 'shipped', ageDays: null, tufMirror: null }, 'as old as this version of Hallmark'],
    [{ inUse: 'stored', ageDays: 0, tufMirror: 'https://tuf.example' }, 'confirmed by its source today'],
    [{ inUse: 'stored', ageDays: 3, tufMirror: 'https://tuf.example' }, 'confirmed by its source 3 days ago'],
    [{ inUse: 'stored', ageDays: null, tufMirror: 'https://tuf.example' }, 'never confirmed by its source'],
    [{ inUse: 'stored', ageDays: 40, tufMirror: null }, 'added 40 days ago; it has no source to ask'],
  ] as const)('says how old it is', (root, text) => {
    expect(rootAge(root)).toBe(text);
  });

  it('says what it asks of a bundle', () => {
    expect(thresholdSentence({ tlog: 0, ctlog: 2, timestamp: 1 })).toBe(
      'no log entries, 2 certificate timestamps and 1 signing time',
    );
  });
});

describe('a bound signer', () => {
  it('says what is compared, and what is not', () => {
    const issuer = 'https://token.actions.githubusercontent.com';
    expect(signerDetails({ kind: 'github', issuer, ownerId: '7' })).toBe(
      `owner 7 · any repository · any workflow · any ref · ${issuer}`,
    );
    expect(signerDetails({ kind: 'email', issuer: 'https://accounts.example', san: 'a@b.example' })).toBe(
      'signed in at https://accounts.example',
    );
  });
});

describe('addresses', () => {
  it.each([
    ['3', 3],
    [['2', '9'], 2],
    [undefined, 1],
    ['0', 1],
    ['-1', 1],
    ['1.5', 1],
    ['1e9', 1],
    ['x', 1],
  ])('take page %j for %i', (value, page) => {
    expect(parsePage(value)).toBe(page);
  });

  it('leave out what needs no words', () => {
    expect(publisherPath('acme')).toBe('/publishers/acme');
    expect(publisherPath('acme', 2)).toBe('/publishers/acme?page=2');
    expect(adminPath('upstreams')).toBe('/admin');
    expect(adminPath('publishers', { q: 'a&b', page: null })).toBe('/admin?tab=publishers&q=a%26b');
    expect(parseAdminTab('roots')).toBe('roots');
    expect(parseAdminTab(['x'])).toBe('upstreams');
  });
});
