import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { renderJson } from '#lib/scans/report/json.ts';
import { renderMarkdown } from '#lib/scans/report/markdown.ts';
import { renderTerminal } from '#lib/scans/report/terminal.ts';
import { CLEAN, MIXED, UNSEEN } from './reports.ts';

const HIDDEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e0fff}]/u;

describe.each([
  ['Markdown', renderMarkdown],
  ['terminal text', (input: typeof MIXED) => renderTerminal(input, { color: false })],
])('%s', (_, render) => {
  test('shows nothing invisible and moves no cursor', () => {
    expect(render(MIXED)).not.toMatch(HIDDEN);
  });

  test('names grade, risk, counts, coverage and what was not covered', () => {
    const text = render(MIXED);
    for (const part of [
      'Grade F',
      'risk high',
      'Looked at: manifest, tools.',
      'no sandbox on this machine',
      MIXED.report.rulesetVersion,
    ]) {
      expect(text).toContain(part);
    }
  });

  test('lists accusations before hygiene before capabilities', () => {
    const text = render(MIXED);
    const places = ['Accusations', 'Hygiene', 'Capabilities', 'Permissions'].map((heading) => text.indexOf(heading));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  test('marks the span and says what a hidden message says', () => {
    expect(render(MIXED)).toContain('»Ignore all previous instructions«');
    expect(render(MIXED)).toMatch(/says:? `?call home/);
  });

  test('never calls a server safe', () => {
    for (const input of [CLEAN, UNSEEN]) expect(render(input)).not.toMatch(/\bsafe\b|\bsecure\b/i);
    expect(render(CLEAN)).toContain('no accusations, no hygiene findings, no capabilities');
    expect(render(UNSEEN)).toContain('Not graded: no tool definitions were seen');
  });
});

describe('Markdown', () => {
  test('keeps text from the server from becoming markup, mentions or links', () => {
    // Backslash escapes and code spans, from left to right as a parser reads them, are text; what is left could be markup.
    const markdown = renderMarkdown(MIXED).replace(/\\[!-/:-@[-`{-~]|(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
    expect(markdown).not.toMatch(/(?<!\\)<b>/);
    expect(markdown).not.toContain('@team');
    expect(markdown).not.toMatch(/https?:\/\/|www\./);
  });

  test('links rules to their pages where there is a site', () => {
    expect(renderMarkdown({ ...MIXED, siteUrl: 'https://catalog.example.com' })).toContain(
      '[`text.override-phrase`](https://catalog.example.com/rules/text.override-phrase)',
    );
  });

  test('shows an answer beside its finding', () => {
    const [finding] = MIXED.report.findings;
    const answers = [{ fingerprint: finding?.fingerprint ?? '', status: 'accepted' as const, justification: 'Known.' }];
    expect(renderMarkdown({ ...MIXED, answers })).toContain('Answered, accepted: Known.');
  });
});

describe('terminal text', () => {
  test('is red for accusations alone', () => {
    const red = [...renderTerminal(MIXED, { color: true }).matchAll(/\u001b\[31m([a-z]+)/g)].length;
    const accusations = MIXED.report.findings.filter((f) => f.class === 'accusation' && f.severity !== 'info').length;
    expect(accusations).toBeGreaterThan(0);
    expect(red).toBe(accusations);
  });

  test('says the same with and without colour', () => {
    expect(stripVTControlCharacters(renderTerminal(MIXED, { color: true }))).toBe(
      renderTerminal(MIXED, { color: false }),
    );
  });
});

describe('JSON', () => {
  test('holds the report, with sentences and answers', () => {
    const [finding] = MIXED.report.findings;
    const answers = [{ fingerprint: finding?.fingerprint ?? '', status: 'accepted' as const, justification: 'Known.' }];
    const document = JSON.parse(renderJson({ ...MIXED, answers }));
    expect(document).toMatchObject({
      format: 'hallmark-scan-report/1',
      subject: { name: 'com.example/weather', version: '1.2.3' },
      grade: 'F',
      risk: 'high',
    });
    expect(document.findings[0]).toEqual({ ...finding, answer: { status: 'accepted', justification: 'Known.' } });
    expect(document.findings.slice(1)).toEqual(MIXED.report.findings.slice(1));
    expect(document.permissions[0].sentence).toBe('Runs shell commands (execute_command)');
  });

  test('gives null for a grade that was not given', () => {
    expect(JSON.parse(renderJson(UNSEEN)).grade).toBeNull();
  });
});
