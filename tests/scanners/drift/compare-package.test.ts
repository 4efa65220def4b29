import { describe, expect, test } from 'vitest';
import { compareSnapshots, type DriftKind, isAlarm, type PackageSight } from '#scanners/drift/index.ts';
import { ofTools } from '#scanners/example-snapshots.ts';
import type { CodePlace, Power, PowerKind } from '#scanners/package-code/types.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, InputSnapshot, Permission } from '#scanners/types.ts';

const TOOL = { name: 'forecast', description: 'Returns the forecast of a city.' };
const AT: CodePlace = { path: 'index.js', line: 12, evidence: { excerpt: 'code', start: 0, end: 4 } };
const power = (kind: PowerKind, what = ''): Power => ({ kind, what, places: [AT] });

type Parts = Partial<PackageSight> & { powers?: Power[]; more?: Finding[] };

/** What a scan of a package with these powers stores, from the scan itself. */
function sightOf({ powers = [], more = [], ...rest }: Parts = {}): PackageSight {
  const code = {
    ecosystem: 'npm',
    name: 'weather',
    version: '1',
    filesRead: 1,
    sightings: [],
    powers,
    notRead: [],
  } as const;
  const snapshot: InputSnapshot = { ...ofTools(TOOL), package: { ...code, powers, sightings: [], notRead: [] } };
  const report = scanSnapshot(snapshot);
  return {
    identifier: 'weather',
    version: '1.0.0',
    integrity: 'sha512-a',
    isRead: true,
    isObserved: true,
    findings: [...report.findings.filter(({ location }) => location.document === 'package'), ...more],
    permissions: report.permissions.filter(({ evidence }) => evidence.some((source) => source.startsWith('package '))),
    installScripts: [],
    tree: [
      { name: 'weather', version: '1.0.0' },
      { name: 'zod', version: '4.0.0' },
    ],
    ...rest,
  };
}

const NEXT = { version: '1.1.0', integrity: 'sha512-b' };
const compare = (before: PackageSight | null, after: PackageSight | null) =>
  compareSnapshots({ ...ofTools(TOOL), sight: before }, { ...ofTools(TOOL), sight: after });

const observed = (kind: Permission['kind'], scope: string): Permission => ({
  kind,
  scope,
  basis: 'observed',
  evidence: ['203.0.113.9:443'],
});

function vulnerability(release: string, ruleId = 'pkg.known-vulnerability'): Finding {
  const excerpt = `${release}: GHSA-aaaa (weather@1.1.0 › ${release})`;
  return {
    ruleId,
    class: ruleId === 'pkg.malware' ? 'accusation' : 'hygiene',
    severity: 'medium',
    confidence: 'certain',
    title: 'Known vulnerability',
    message: `GHSA-aaaa is about ${release}.`,
    location: { document: 'server.json', pointer: '/packages/0' },
    evidence: { excerpt, start: 0, end: 10 },
    remediation: '',
    references: {},
    fingerprint: release,
  };
}

describe('a package that can do more than the one before', () => {
  test.each<[string, Parts, Parts, DriftKind, string]>([
    ['starts programs', {}, { powers: [power('runs-program', 'git')] }, 'code-power-added', 'permission-increase'],
    [
      'starts one more program',
      { powers: [power('runs-program', 'git')] },
      { powers: [power('runs-program', 'git'), power('runs-program', 'curl')] },
      'code-power-added',
      'permission-increase',
    ],
    ['runs what a model gives', {}, { powers: [power('runs-code')] }, 'code-power-added', 'permission-increase'],
    [
      'asks another host',
      {},
      { powers: [power('contacts', 'collect.dev')] },
      'code-power-added',
      'permission-increase',
    ],
    ['writes files', {}, { powers: [power('writes-files', 'any')] }, 'code-power-added', 'permission-increase'],
    [
      'reads a secret',
      {},
      { powers: [power('reads-environment', 'AWS_SECRET_ACCESS_KEY')] },
      'code-power-added',
      'permission-increase',
    ],
    [
      'tries the network when it is run',
      {},
      { permissions: [observed('send-out', 'the network while it was asked for its tools')] },
      'behaviour-added',
      'permission-increase',
    ],
    ['has an install script', {}, { installScripts: ['weather@1.1.0'] }, 'install-script-added', 'permission-increase'],
    [
      'brings one with an install script',
      { installScripts: ['esbuild@1.0.0'] },
      { installScripts: ['esbuild@1.1.0', 'left@1.0.0'] },
      'install-script-added',
      'permission-increase',
    ],
    ['brings a vulnerable one', {}, { more: [vulnerability('lodash@4.17.0')] }, 'vulnerability-added', 'origin'],
    [
      'brings a malicious one',
      {},
      { more: [vulnerability('evil@1.0.0', 'pkg.malware')] },
      'poison-added',
      'accusation',
    ],
    [
      'installs another package',
      {},
      {
        tree: [
          { name: 'weather', version: '1.1.0' },
          { name: 'zod', version: '4.0.0' },
          { name: 'got', version: '1.0.0' },
        ],
      },
      'dependency-added',
      'wording',
    ],
  ])('%s', (_, before, after, kind, worst) => {
    const drift = compare(sightOf(before), sightOf({ ...after, ...NEXT }));
    expect(drift.changes.map((change) => change.kind)).toContain(kind);
    expect(drift.worst).toBe(worst);
  });

  test('names the place in its code', () => {
    const drift = compare(sightOf(), sightOf({ powers: [power('contacts', 'collect.dev')], ...NEXT }));
    expect(drift.changes).toHaveLength(1);
    expect(drift.changes[0]).toMatchObject({
      message: 'New in its code: Sends data to collect.dev',
      location: { document: 'package', pointer: '/index.js', path: 'index.js', line: 12 },
    });
  });

  test('its own new install script alarms, that of a dependency does not', () => {
    const withScripts = (...installScripts: string[]) => compare(sightOf(), sightOf({ installScripts, ...NEXT }));
    expect(isAlarm(withScripts('weather@1.1.0'))).toBe(true);
    expect(isAlarm(withScripts('esbuild@1.1.0'))).toBe(false);
  });

  test('other contents under the same version alarm', () => {
    const drift = compare(sightOf(), sightOf({ integrity: 'sha512-b' }));
    expect(drift.changes.map(({ kind }) => kind)).toEqual(['package-content']);
    expect(isAlarm(drift)).toBe(true);
  });
});

describe('no change:', () => {
  test.each<[string, Parts, Parts]>([
    [
      'the same powers at other places',
      { powers: [power('contacts', 'a.dev')] },
      { powers: [power('contacts', 'a.dev')], ...NEXT },
    ],
    [
      'less than before is no increase',
      { powers: [power('runs-program', 'git'), power('runs-program', 'curl')] },
      { powers: [power('runs-program', 'git')], ...NEXT },
    ],
    [
      'an older version of what was installed is vulnerable all the time',
      {},
      { more: [vulnerability('zod@4.0.0')], ...NEXT },
    ],
    ['the same contents, which newer rules see more in', {}, { powers: [power('runs-code')] }],
    ['the same contents, about which a fault became known', {}, { more: [vulnerability('zod@4.0.0')] }],
    ['code that was not read before', { isRead: false }, { powers: [power('runs-code')], ...NEXT }],
    ['a server that was not run before', { isObserved: false }, { permissions: [observed('send-out', 'x')], ...NEXT }],
    [
      'install scripts that nobody knew of before',
      { installScripts: null },
      { installScripts: ['weather@1.1.0'], ...NEXT },
    ],
  ])('%s', (_, before, after) => {
    expect(compare(sightOf(before), sightOf(after)).changes).toEqual([]);
  });

  test('a package seen on one side only, which is said', () => {
    expect(compare(null, sightOf())).toMatchObject({ changes: [], notCompared: ['package'] });
    expect(compare(null, null).notCompared).toEqual([]);
  });
});
