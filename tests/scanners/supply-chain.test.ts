import { describe, expect, test } from 'vitest';
import { repositoryOf } from '#scanners/supply-chain/repositories.ts';
import { severityOf } from '#scanners/supply-chain/vulnerabilities.ts';

describe('the repository that a text names', () => {
  test.each([
    ['https://github.com/Acme/Weather', 'github.com acme/weather'],
    ['git+https://github.com/acme/weather.git#main', 'github.com acme/weather'],
    ['git://github.com/acme/weather.git', 'github.com acme/weather'],
    ['git@github.com:acme/weather.git', 'github.com acme/weather'],
    ['git+ssh://git@github.com/acme/weather.git', 'github.com acme/weather'],
    ['github:acme/weather', 'github.com acme/weather'],
    ['gitlab:acme/weather', 'gitlab.com acme/weather'],
    ['acme/weather', 'github.com acme/weather'],
    ['https://www.github.com/acme/weather/tree/main/src', 'github.com acme/weather'],
    ['https://github.com/acme', null],
    ['https://example.com', null],
    ['javascript:alert(1)', null],
    ['', null],
    ['a'.repeat(100_000), null],
  ])('%s', (text, expected) => {
    const found = repositoryOf(text);
    expect(found && `${found.host} ${found.owner}/${found.name}`).toBe(expected);
  });
});

describe('the severity of a vulnerability', () => {
  const own = ['weather@1.0.0'];
  const below = [...own, 'left@1.0.0'];
  test.each([
    [9.8, null, own, 'critical'],
    [7.0, null, own, 'high'],
    [6.9, null, own, 'medium'],
    [3.9, null, own, 'low'],
    [null, 'critical', own, 'critical'],
    [null, 'moderate', own, 'medium'],
    [null, null, own, 'low'],
    [9.8, null, below, 'medium'],
    [7.5, null, below, 'medium'],
    [5.0, null, below, 'low'],
    [2.0, null, below, 'low'],
  ] as const)('%s %s by way of %j is %s', (score, level, path, expected) => {
    expect(severityOf({ score, level, path })).toBe(expected);
  });
});
