import { expect, test } from 'vitest';
import { REF_MAX_LENGTH } from '#lib/signing/limits.ts';
import { matchesRefPattern } from '#lib/signing/ref-pattern.ts';

test.each([
  ['refs/tags/v1.0.0', 'refs/tags/v1.0.0'],
  ['refs/tags/*', 'refs/tags/v1.0.0'],
  ['refs/tags/*', 'refs/tags/'],
  ['refs/tags/v*', 'refs/tags/v1.0.0'],
  ['refs/tags/v*.*.*', 'refs/tags/v1.0.0'],
  ['refs/tags/*-rc*', 'refs/tags/v1-rc-rc2'],
  ['refs/tags/**', 'refs/tags/release/v1'],
  ['refs/**/v1', 'refs/tags/a/b/v1'],
  ['refs/**/*.0', 'refs/tags/a/v1.0'],
  ['**', 'refs/heads/main'],
  ['**', ''],
  ['', ''],
  ['***', 'a/b'],
  ['refs/heads/*/x', 'refs/heads/é/x'],
  ['refs/heads/*', 'refs/heads/😀'],
])('%s matches %s', (pattern, ref) => {
  expect(matchesRefPattern(pattern, ref)).toBe(true);
});

test.each([
  ['refs/tags/v1.0.0', 'refs/tags/v1.0.0-evil'],
  ['refs/tags/v1.0.0', 'x/refs/tags/v1.0.0'],
  ['refs/tags/v1.0.0', 'refs/tags/v1x0x0'],
  ['refs/tags/*', 'refs/tags/release/v1'],
  ['refs/tags/*', 'refs/heads/main'],
  ['refs/tags/v*', 'refs/tags/1.0.0'],
  ['refs/tags/v*', 'refs/tags/V1'],
  ['refs/tags/v?', 'refs/tags/v1'],
  ['refs/tags/[v]1', 'refs/tags/v1'],
  ['refs/tags/{v1,v2}', 'refs/tags/v1'],
  ['refs/tags/.*', 'refs/tags/v1'],
  ['(a|b)', 'a'],
  ['*', 'a/b'],
  ['', 'a'],
  ['a', ''],
])('%s does not match %s', (pattern, ref) => {
  expect(matchesRefPattern(pattern, ref)).toBe(false);
});

test('longer input than the limit never matches', () => {
  const longest = 'a'.repeat(REF_MAX_LENGTH);
  expect(matchesRefPattern('**', longest)).toBe(true);
  expect(matchesRefPattern('**', `${longest}a`)).toBe(false);
  expect(matchesRefPattern(`${longest}a`, `${longest}a`)).toBe(false);
});

test('a pattern made to be slow is answered', () => {
  const stars = '*a'.repeat(REF_MAX_LENGTH / 2);
  expect(matchesRefPattern(stars, 'a'.repeat(REF_MAX_LENGTH - 1).concat('b'))).toBe(false);
  expect(matchesRefPattern('**'.repeat(REF_MAX_LENGTH / 2), 'a'.repeat(REF_MAX_LENGTH))).toBe(true);
});
