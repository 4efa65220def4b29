import { describe, expect, test } from 'vitest';
import { cvssBaseScore } from '#lib/scans/vulnerabilities/cvss.ts';
import { compareVersions, fixesFor, isAffected } from '#lib/scans/vulnerabilities/is-affected.ts';
import { comparePep440, parsePep440 } from '#lib/scans/vulnerabilities/pep440.ts';
import type { RangeEvent, StoredAdvisory } from '#lib/scans/vulnerabilities/types.ts';

const advisory = (parts: Partial<StoredAdvisory>): StoredAdvisory => ({
  aliases: [],
  summary: '',
  score: null,
  level: null,
  ranges: [],
  versions: [],
  ...parts,
});
const within = (...events: RangeEvent[]) => advisory({ ranges: [{ events }] });

describe('PEP 440', () => {
  // The order of the specification's own examples, and of packaging's test-suite in kind.
  const ORDER = [
    '1.dev0',
    '1.0.dev456',
    '1.0a1',
    '1.0a2.dev456',
    '1.0a12.dev456',
    '1.0a12',
    '1.0b1.dev456',
    '1.0b2',
    '1.0b2.post345.dev456',
    '1.0b2.post345',
    '1.0rc1.dev456',
    '1.0rc1',
    '1.0',
    '1.0+abc.5',
    '1.0+abc.7',
    '1.0+5',
    '1.0.post456.dev34',
    '1.0.post456',
    '1.0.15',
    '1.1.dev1',
    '1!0.1',
  ];

  test('orders versions as the specification does', () => {
    for (const [i, a] of ORDER.entries()) {
      for (const [j, b] of ORDER.entries()) {
        expect(Math.sign(compareVersions('PyPI', a, b) ?? Number.NaN), `${a} and ${b}`).toBe(Math.sign(i - j));
      }
    }
  });

  test.each([
    ['1.0', '1'],
    ['1.0.0', '1.0'],
    ['v1.0', '1.0'],
    ['1.0alpha1', '1.0a1'],
    ['1.0-beta.2', '1.0b2'],
    ['1.0c1', '1.0rc1'],
    ['1.0.preview3', '1.0rc3'],
    ['1.0-1', '1.0.post1'],
    ['1.0.rev4', '1.0.post4'],
    ['1.0.post', '1.0.post0'],
    ['1.0a', '1.0a0'],
    ['1.0.DEV', '1.0.dev0'],
    ['1.0+ubuntu-1', '1.0+ubuntu.1'],
    ['  2.0 ', '2.0'],
    ['0!1.0', '1.0'],
  ])('%j and %j are one version', (a, b) => {
    expect(comparePep440(parsePep440(a)!, parsePep440(b)!)).toBe(0);
  });

  test.each(['', 'latest', '1.0.x', '1..0', '1.0-', '1.0+', '1.0+a..b', '>=1.0', '1.0 beta', 'french toast'])(
    '%j is no version',
    (text) => {
      expect(parsePep440(text)).toBeNull();
    },
  );

  test('text made to be slow is judged at once', () => {
    expect(parsePep440(`${'1.'.repeat(50_000)}x`)).toBeNull();
    expect(parsePep440(`1.0+${'a.'.repeat(50_000)}`)).toBeNull();
  });
});

describe('whether a version is affected', () => {
  test.each<[string, RangeEvent[], affected: string[], clear: string[]]>([
    [
      'everything before a fix',
      [{ introduced: '0' }, { fixed: '1.2.3' }],
      ['0.0.1', '1.2.2', '1.2.3-rc.1'],
      ['1.2.3', '2.0.0'],
    ],
    ['everything', [{ introduced: '0' }], ['0.0.0-alpha', '99.0.0'], []],
    [
      'a last affected version',
      [{ introduced: '1.0.0' }, { last_affected: '1.4.0' }],
      ['1.0.0', '1.4.0'],
      ['0.9.9', '1.4.1'],
    ],
    [
      'two ranges in one, in no order',
      [{ fixed: '3.0.1' }, { introduced: '0' }, { fixed: '2.0.5' }, { introduced: '3.0.0' }],
      ['1.0.0', '2.0.4', '3.0.0'],
      ['2.0.5', '2.9.0', '3.0.1'],
    ],
    ['a limit', [{ introduced: '0' }, { limit: '2.0.0' }], ['1.9.9'], ['2.0.0', '3.0.0']],
    ['a short version', [{ introduced: '1' }, { fixed: '2.1' }], ['1.0.0', '2.0.9'], ['0.9.0', '2.1.0']],
    ['a range that cannot be compared', [{ introduced: 'abc' }], [], ['1.0.0']],
  ])('npm: %s', (_, events, affected, clear) => {
    for (const version of affected) expect(isAffected('npm', within(...events), version), version).toBe(true);
    for (const version of clear) expect(isAffected('npm', within(...events), version), version).toBe(false);
  });

  test('npm: numbers are not compared as text', () => {
    const range = within({ introduced: '0' }, { fixed: '1.10.0' });
    expect(isAffected('npm', range, '1.9.0')).toBe(true);
    expect(isAffected('npm', range, '1.11.0')).toBe(false);
  });

  test('PyPI: pre-releases and post-releases', () => {
    const range = within({ introduced: '2.0' }, { fixed: '2.0.post1' });
    expect(isAffected('PyPI', range, '2.0rc1')).toBe(false);
    expect(isAffected('PyPI', range, '2.0.0')).toBe(true);
    expect(isAffected('PyPI', range, '2.0.post1')).toBe(false);
  });

  test('a listed version is affected whatever the ranges say', () => {
    const listed = advisory({ versions: ['1.0', 'snapshot'], ranges: [{ events: [{ introduced: '5.0' }] }] });
    expect(isAffected('PyPI', listed, '1.0.0')).toBe(true);
    expect(isAffected('PyPI', listed, 'snapshot')).toBe(true);
    expect(isAffected('PyPI', listed, '1.1')).toBe(false);
  });

  test('names the fix of the range that the version is in', () => {
    const range = within({ introduced: '0' }, { fixed: '1.5.0' }, { introduced: '2.0.0' }, { fixed: '2.3.0' });
    expect(fixesFor('npm', range, '1.0.0')).toEqual(['1.5.0', '2.3.0']);
    expect(fixesFor('npm', range, '2.1.0')).toEqual(['2.3.0']);
    expect(fixesFor('npm', range, '1.5.0')).toEqual([]);
  });
});

describe('the CVSS base score', () => {
  test.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 7.5],
    ['CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', 1.8],
    ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N', 6.5],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ])('%s is %d', (vector, score) => {
    expect(cvssBaseScore(vector)).toBe(score);
  });

  test.each([
    'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
    'AV:N/AC:L/Au:N/C:P/I:P/A:P',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H',
    'CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    '7.5',
    '',
  ])('%j is not read', (vector) => {
    expect(cvssBaseScore(vector)).toBeNull();
  });
});
