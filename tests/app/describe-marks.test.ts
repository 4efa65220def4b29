import { describe, expect, it } from 'vitest';
import { describeMarks } from '#app/marks/describe-marks.ts';
import type { Coverage, Marks } from '#lib/catalog/views.ts';

const COVERED: Coverage = {
  manifest: { covered: true },
  tools: { covered: true },
  package: { covered: false, reason: 'no package' },
  live: { covered: false, reason: 'no sandbox' },
};

const NOTHING: Marks = {
  publisher: { level: 'unverified', slug: null, displayName: null, proof: null },
  signature: { state: 'none', provenance: 'none' },
  scan: { status: 'none', grade: null, scannedAt: null, coverage: null, accusations: 0 },
  risk: null,
};

const scanned = (parts: Partial<Marks['scan']> = {}): Marks => ({
  ...NOTHING,
  scan: { status: 'done', grade: 'C', scannedAt: '2026-11-12T10:00:00Z', coverage: COVERED, accusations: 0, ...parts },
});

describe('marks', () => {
  it('come in the order publisher, signature, scan, risk', () => {
    expect(describeMarks(NOTHING).map((face) => face.signal)).toEqual(['publisher', 'signature', 'scan', 'risk']);
  });

  it('are empty outlines with a word and an explanation when absent', () => {
    for (const face of describeMarks(NOTHING)) {
      expect(face).toMatchObject({ tone: 'empty', glyph: null, letter: null });
      expect(face.word).not.toBe('');
      expect(face.explanation.length).toBeGreaterThan(20);
    }
  });

  it.each([
    ['the upstream', { name: 'official' }, 'official'],
    ['an unknown one', null, 'the catalog that it came from'],
  ])('send to %s for signatures that were not taken over', (_, upstream, where) => {
    const face = describeMarks(NOTHING, { origin: 'mirrored', upstream })[1];
    expect(face).toMatchObject({
      word: 'no signature here',
      tone: 'empty',
      explanation: `Signatures are not taken over from an upstream. Look at ${where} for them.`,
    });
    expect(describeMarks(NOTHING, { origin: 'published', upstream: null })[1].word).toBe('not signed');
    const invalid: Marks = { ...NOTHING, signature: { state: 'invalid', provenance: 'none' } };
    expect(describeMarks(invalid, { origin: 'mirrored', upstream })[1].word).toBe('invalid signature');
  });

  it('never call anything safe', () => {
    const all = [
      NOTHING,
      scanned({ grade: 'A' }),
      { ...NOTHING, signature: { state: 'signed', provenance: 'matches' }, risk: 'low' } as Marks,
    ];
    for (const face of all.flatMap((marks) => describeMarks(marks)))
      expect(`${face.word} ${face.explanation}`).not.toMatch(/\bsafe/i);
  });

  it('say what a signature does not say', () => {
    const [, signature] = describeMarks({ ...NOTHING, signature: { state: 'signed', provenance: 'mismatch' } });
    expect(signature).toMatchObject({ word: 'signed', tone: 'struck' });
    expect(signature.explanation).toContain('another repository');
    expect(signature.explanation).toContain('not what the server does');
  });

  it.each([
    ['invalid', 'invalid signature', 'cross'],
    ['unknown_signer', 'unknown signer', 'question'],
  ] as const)('draw a signature that is %s as one that does not count', (state, word, glyph) => {
    expect(describeMarks({ ...NOTHING, signature: { state, provenance: 'none' } })[1]).toMatchObject({
      word,
      glyph,
      tone: 'plain',
    });
  });
});

describe('the scan mark', () => {
  const scan = (marks: Marks) => describeMarks(marks)[2];

  it('shows the letter, the date and what was not covered', () => {
    const face = scan(scanned());
    expect(face).toMatchObject({ word: 'grade C', letter: 'C', tone: 'plain' });
    expect(face.explanation).toContain('Not covered: the package, the running server.');
    expect(face.explanation).toContain('12 November 2026');
  });

  it('is red for accusations and for nothing else', () => {
    for (const grade of ['A', 'B', 'C', 'D', 'F'] as const) {
      expect(scan(scanned({ grade, accusations: 0 })).tone).not.toBe('accused');
      expect(scan(scanned({ grade, accusations: 1 })).tone).toBe('accused');
    }
  });

  it('is not graded while tool definitions were not seen', () => {
    expect(scan(scanned({ grade: null }))).toMatchObject({ word: 'not graded', tone: 'empty', letter: null });
  });

  it.each([
    ['queued', 'scan queued', 'pending'],
    ['running', 'scanning', 'pending'],
    ['failed', 'scan failed', 'empty'],
  ] as const)('of a version whose first scan is %s says so', (status, word, tone) => {
    expect(scan({ ...NOTHING, scan: { ...NOTHING.scan, status } })).toMatchObject({ word, tone });
  });

  it('keeps the grade of the scan before while a newer one has not finished', () => {
    const face = scan(scanned({ status: 'running' }));
    expect(face.word).toBe('grade C');
    expect(face.explanation).toContain('A new scan is running.');
  });
});
