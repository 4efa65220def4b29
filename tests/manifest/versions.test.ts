import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  isReservedVersion,
  looksLikeRange,
  pickLatest,
  type VersionStatus,
} from '#lib/manifest/index.ts';

describe('version strings', () => {
  const single = [
    ...[
      '1.0.0',
      '2.1.3-alpha',
      '1.0.0-beta.1',
      '3.0.0-rc.2',
      '1.0.0+build.5',
      '1.0.0-next.1',
      '1.0.0-x',
      '0.0.0-x.7.z',
    ],
    ...['2025.11.25', '2025.6.18', '2025.06.18', '2025-06-18', '20250618', 'v1.0', 'v1.2.3', '1', '1.2', '1.2.3.4'],
    ...[
      '1!2.0',
      '1.0~rc1',
      '1.0.0.post1',
      'release',
      'x-alpha',
      'main',
      'abc123f',
      'r2024b',
      'Ω',
      '1.2_3',
      'latest',
      '',
    ],
  ];
  it.each(single)('%j is one version', (version) => {
    expect(looksLikeRange(version)).toBe(false);
  });

  const ranges = [
    ...[
      '^1.2.3',
      '~1.2.3',
      '>=1.2.3',
      '<=1.2.3',
      '>1.2.3',
      '<1.2.3',
      '=1.2.3',
      '^v1.2',
      '>= 1',
      ' ^1.2.3 ',
      '~1.2.3-beta.1',
    ],
    ...['1.x', '1.2.*', '1.2.x', '1.X', 'x.1', '*.1.2', 'v1.x', '1.x-beta', '1.2.3.*', '*', 'x', 'X'],
    ...['1 - 2', '1.2.3 - 2.0.0', 'v1 - v2.0', '1.2 || 1.3', '1||2||3', '1.2.3 || v2'],
    ...['>=1 <2', '>=1.0.0 <2.0.0', '^1 || ^2', '>=1,<2', '~=1.4', '==1.*', '!=1.0', '~>1.2', '1.0 || >=2'],
  ];
  it.each(ranges)('%j is a range', (version) => {
    expect(looksLikeRange(version)).toBe(true);
  });

  it('only the exact word latest is reserved', () => {
    expect(isReservedVersion('latest')).toBe(true);
    expect(['Latest', 'latest ', 'latest-1', ''].map(isReservedVersion)).toEqual([false, false, false, false]);
  });
});

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const published = (version: string, day = 1) => ({ version, publishedAt: at(day) });

describe('compareVersions', () => {
  const ordered: [why: string, earlier: ReturnType<typeof published>, later: ReturnType<typeof published>][] = [
    ['semver precedence, not text', published('1.9.0', 9), published('1.10.0', 1)],
    ['semver precedence, not time', published('1.0.0', 9), published('2.0.0', 1)],
    ['a prerelease is before its release', published('1.2.3-1', 9), published('1.2.3', 1)],
    ['prereleases numerically', published('1.0.0-rc.2'), published('1.0.0-rc.10')],
    ['a leading v is still semver', published('v1.2.3', 9), published('1.2.4', 1)],
    ['others by time of publication', published('zebra', 1), published('apple', 2)],
    ['dates with leading zeros are others', published('2025.06.18', 1), published('2025.06.17', 2)],
    ['a semantic version is after any other', published('2025-06-18', 9), published('0.0.1', 1)],
    ['two parts are not semver', published('9.9', 9), published('0.0.1', 1)],
    ['build metadata does not count, time does', published('1.0.0+b', 1), published('1.0.0+a', 2)],
    ['the text settles what is left', published('apple'), published('zebra')],
  ];
  it.each(ordered)('%s', (_why, earlier, later) => {
    expect(compareVersions(earlier, later)).toBeLessThan(0);
    expect(compareVersions(later, earlier)).toBeGreaterThan(0);
  });

  it('is zero for a version and itself, and takes times as text', () => {
    expect(compareVersions(published('x'), { version: 'x', publishedAt: '2026-01-01T00:00:00Z' })).toBe(0);
  });

  it('sorts any mixture the same way from any start', () => {
    const versions = ['1.0.0', 'b', '2.0.0-rc.1', '2025-01', '2.0.0', 'a', '1.0.0+x'].map((version, day) =>
      published(version, day + 1),
    );
    const sorted = versions.toSorted(compareVersions).map(({ version }) => version);
    expect(sorted).toEqual(['b', '2025-01', 'a', '1.0.0', '1.0.0+x', '2.0.0-rc.1', '2.0.0']);
    expect(
      versions
        .toReversed()
        .toSorted(compareVersions)
        .map(({ version }) => version),
    ).toEqual(sorted);
  });
});

describe('pickLatest', () => {
  const list = (...versions: [string, VersionStatus][]) =>
    versions.map(([version, status], day) => ({ ...published(version, day + 1), status }));
  const cases: [why: string, versions: ReturnType<typeof list>, latest: string | undefined][] = [
    ['the highest, not the newest', list(['2.0.0', 'active'], ['1.5.0', 'active']), '2.0.0'],
    ['deprecated counts', list(['1.0.0', 'active'], ['2.0.0', 'deprecated']), '2.0.0'],
    ['deleted does not', list(['1.0.0', 'deprecated'], ['2.0.0', 'deleted']), '1.0.0'],
    ['all deleted: the highest of them', list(['3.0.0', 'deleted'], ['2.0.0', 'deleted']), '3.0.0'],
    ['nothing', [], undefined],
  ];
  it.each(cases)('%s', (_why, versions, latest) => {
    expect(pickLatest(versions)?.version).toBe(latest);
  });
});
