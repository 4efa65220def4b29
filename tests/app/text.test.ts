import { describe, expect, it } from 'vitest';
import { annotationWords } from '#app/text/annotations.ts';
import { countOf } from '#app/text/count-of.ts';
import { formatDate, formatDateTime, formatRelative } from '#app/text/format-date.ts';

describe('dates', () => {
  const now = new Date('2026-11-20T12:00:00Z');

  it('are absolute, in UTC', () => {
    expect(formatDate('2026-11-12T23:59:59Z')).toBe('12 November 2026');
    expect(formatDateTime('2026-11-12T08:05:00+02:00')).toBe('12 November 2026, 06:05 UTC');
  });

  it.each([
    ['2026-11-20T11:59:30Z', 'just now'],
    ['2026-11-20T11:58:00Z', '2 minutes ago'],
    ['2026-11-20T10:30:00Z', '1 hour ago'],
    ['2026-11-12T12:00:00Z', '1 week ago'],
    ['2025-01-01T00:00:00Z', '1 year ago'],
    ['2026-11-23T12:00:00Z', 'in 3 days'],
  ])('%s is %s', (iso, text) => {
    expect(formatRelative(iso, now)).toBe(text);
  });
});

describe('countOf', () => {
  it.each([
    [0, 'no tools'],
    [1, '1 tool'],
    [2621, '2,621 tools'],
  ])('%i', (count, text) => {
    expect(countOf(count, 'tool')).toBe(text);
  });
});

describe('annotationWords', () => {
  it('says nothing where the server says nothing', () => {
    expect(annotationWords(undefined)).toEqual([]);
    expect(annotationWords({ title: 'x' })).toEqual([]);
  });

  it('leaves out hints that mean nothing for a tool that only reads', () => {
    expect(annotationWords({ readOnlyHint: true, destructiveHint: true, idempotentHint: true })).toEqual([
      'only reads',
    ]);
  });

  it('puts each hint in words', () => {
    expect(annotationWords({ readOnlyHint: false, destructiveHint: true, openWorldHint: true })).toEqual([
      'changes things',
      'may destroy',
      'reaches outside systems',
    ]);
  });
});
