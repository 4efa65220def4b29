import { describe, expect, it } from 'vitest';
import { presetOf } from '#app/orgs/[org]/requests/[id]/decision-preset.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const LATER = '2027-02-19T23:59:59.000Z';
const choices = ['read', 'write', 'erase', 'a*'].map((name) => ({
  name,
  isSelectable: name !== 'a*',
  isAccused: name === 'erase',
}));

type Asked = Parameters<typeof presetOf>[0];
const preset = (request: Partial<Asked['request']>, state: Partial<Asked['state']> = {}) =>
  presetOf({
    request: {
      kind: 'person',
      toolPolicy: null,
      until: null,
      versionRule: { kind: 'exact' },
      pinned: null,
      entry: null,
      ...request,
    },
    state: {
      allowedTools: null,
      askedTools: [],
      terms: null,
      choices: { environments: [], defaultApprovalDays: 90 },
      ...state,
    },
    choices,
    now: NOW,
  });

const entry = { state: 'approved', expiresAt: '2026-12-01T00:00:00.000Z', reason: 'wanted' };
const terms = {
  expiresAt: entry.expiresAt,
  environments: ['staging'],
  credentialMode: 'personal' as const,
  conditions: 'Only in staging.',
  versionRule: { kind: 'range' as const, range: '^1.0.0' },
};
const pinned = [
  { name: 'read', ask: false },
  { name: 'write', ask: true },
];

describe('the form of a decision, before anybody touches it', () => {
  it('brings what a person asked for to a new entry', () => {
    const toolPolicy = { default: 'deny' as const, rules: { read: 'allow' as const } };
    const versionRule = { kind: 'latest-approved' as const };
    expect(preset({ toolPolicy, until: LATER, versionRule })).toEqual({
      tools: ['read'],
      asked: [],
      terms: { environments: [], credentialMode: null, conditions: '', expiresAt: LATER, versionRule },
      isNew: true,
    });
  });

  it('ticks nothing that is accused or reads as a pattern', () => {
    expect(preset({}).tools).toEqual(['read', 'write']);
    expect(preset({}, { allowedTools: ['erase'] }).tools).toEqual(['read', 'write', 'erase']);
  });

  it.each(['new_version', 'drift'] as const)('keeps tools and terms of the entry: %s', (kind) => {
    expect(preset({ kind, entry, pinned: [...pinned, { name: 'gone', ask: false }] }, { terms })).toEqual({
      tools: ['read', 'write'],
      asked: ['write'],
      terms,
      isNew: false,
    });
  });

  it('moves the end where it would be nearer than what is asked for, and nothing else', () => {
    expect(preset({ entry, until: LATER }, { terms }).terms).toEqual({ ...terms, expiresAt: LATER });
    expect(preset({ entry, until: '2026-11-30T23:59:59.000Z' }, { terms }).terms).toEqual(terms);
    expect(preset({ entry }, { terms }).terms).toEqual({ ...terms, expiresAt: null });
  });

  it('offers the organization’s days for an approval that ends', () => {
    const request = { kind: 'expiry' as const, entry, pinned };
    expect(preset(request, { terms }).terms).toEqual({ ...terms, expiresAt: '2027-02-19T12:00:00.000Z' });
    const endless = { environments: [], defaultApprovalDays: null };
    expect(preset(request, { terms, choices: endless }).terms).toEqual({ ...terms, expiresAt: null });
  });
});
