import { describe, expect, it } from 'vitest';
import { standingOf } from '#lib/scans/answers/standing.ts';
import { newAccusations, type SeenFindings } from '#lib/scans/note-new-accusations.ts';
import { rulesThatMoved } from '#lib/scans/rescan/rescan-version.ts';
import { withWhatOnlyWasSeen } from '#lib/scans/rescan/scan-stored.ts';
import { ofText } from '#scanners/example-snapshots.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, Permission } from '#scanners/types.ts';
import { POISON } from './stored.ts';

const poisoned = scanSnapshot(ofText(POISON));
const clean = scanSnapshot(ofText('Gives the weather of a city.'));
const [accusation] = poisoned.findings.filter((finding) => finding.class === 'accusation') as [Finding];
const inPackage = {
  ...accusation,
  severity: 'high',
  location: { document: 'package', pointer: '', subject: 'index.js:3' },
  fingerprint: 'a'.repeat(64),
} as unknown as Finding;
const observed: Permission = { kind: 'run-code', scope: 'sh', basis: 'observed', evidence: ['process'] };

describe('a scan from what is stored', () => {
  it('keeps what only the package and the running server showed, and lets it count', () => {
    const report = withWhatOnlyWasSeen(clean, { findings: [inPackage], permissions: [observed] }, { tools: true });
    expect(report.findings).toContainEqual(inPackage);
    expect(report.permissions).toContainEqual(observed);
    expect(clean.grade).toBe('A');
    expect(report).toMatchObject({ grade: 'D', risk: 'medium' });
    expect(clean.risk).toBe('low');
  });

  it('keeps what the code can do, with its places in the code alone', () => {
    const own: Permission = { kind: 'read', scope: 'files', basis: 'inferred', evidence: ['get_weather'] };
    const before: Permission[] = [
      { ...own, evidence: ['old_tool', 'package index.js:3'] },
      { kind: 'run-code', scope: 'shell commands', basis: 'inferred', evidence: ['package index.js:9'] },
    ];
    const report = withWhatOnlyWasSeen(
      { ...clean, permissions: [own] },
      { findings: [], permissions: before },
      { tools: true },
    );
    expect(report.permissions).toEqual([{ ...own, evidence: ['get_weather', 'package index.js:3'] }, before[1]]);
    expect(report.risk).toBe('high');
  });

  it('does not keep what the rules can look at again, nor the findings of a rule that is gone', () => {
    const before = {
      findings: [accusation, { ...inPackage, ruleId: 'gone.rule' }],
      permissions: [{ ...observed, basis: 'inferred' as const }],
    };
    expect(withWhatOnlyWasSeen(clean, before, { tools: true })).toEqual(clean);
  });
});

describe('a new accusation', () => {
  const seen = (findings: readonly Finding[], rulesetVersion: string, toolsDigest = 'x'): SeenFindings => ({
    findings,
    rulesetVersion,
    toolsDigest,
  });
  const reworded = { ...accusation, fingerprint: 'b'.repeat(64) };

  it.each<[string, SeenFindings, SeenFindings, number]>([
    ['is one that was not there', seen([], '1'), seen([accusation], '1'), 1],
    ['is not one that was there', seen([accusation], '1'), seen([accusation], '1'), 0],
    [
      'is not one in other words of newer rules about the same tools',
      seen([accusation], '1'),
      seen([reworded], '2'),
      0,
    ],
    ['is one in other words of other tools', seen([accusation], '1'), seen([reworded], '2', 'y'), 1],
    ['is one in other words of the same rules', seen([accusation], '1'), seen([reworded], '1'), 1],
    ['is no information', seen([], '1'), seen([{ ...accusation, severity: 'info' }], '1'), 0],
    ['is no hygiene', seen([], '1'), seen([{ ...accusation, class: 'hygiene' }], '1'), 0],
  ])('%s', (_, before, after, count) => {
    expect(newAccusations(before, after)).toHaveLength(count);
  });
});

it('a rule moved only where it says something about another subject', () => {
  const other = { ...accusation, location: { ...accusation.location, subject: 'another_tool' } };
  expect(rulesThatMoved([accusation], [{ ...accusation, fingerprint: 'c'.repeat(64) }])).toEqual([[], []]);
  expect(rulesThatMoved([accusation], [accusation, other])).toEqual([[accusation.ruleId], []]);
  expect(rulesThatMoved([accusation], [])).toEqual([[], [accusation.ruleId]]);
});

describe('what counts', () => {
  const finding = (fingerprint: string, severity: Finding['severity'], of: Finding['class'] = 'accusation') => ({
    ...accusation,
    fingerprint,
    severity,
    class: of,
  });
  it.each<[string, Finding[], string[], ReturnType<typeof standingOf>['activeGrade'], number | null]>([
    ['nothing withdrawn: what the scan said', [finding('1', 'high')], [], null, null],
    ['the only finding', [finding('1', 'high')], ['1'], 'A', 0],
    ['the worst of two', [finding('1', 'critical'), finding('2', 'low')], ['1'], 'B', 1],
    ['a withdrawn one of another server', [finding('1', 'high')], ['9'], null, null],
    ['hygiene goes on counting', [finding('1', 'high'), finding('2', 'medium', 'hygiene')], ['1'], 'C', 0],
  ])('%s', (_, findings, withdrawn, activeGrade, activeAccusations) => {
    const standing = standingOf({ findings, grade: 'D' }, new Set(withdrawn));
    expect(standing).toMatchObject({ activeGrade, activeAccusations });
  });

  it('a scan without a grade gets none', () => {
    expect(standingOf({ findings: [finding('1', 'high')], grade: null }, new Set(['1']))).toMatchObject({
      activeGrade: null,
      activeAccusations: 0,
      activeRules: [],
    });
  });
});
