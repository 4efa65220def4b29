import type { Ecosystem } from '#lib/scans/vulnerabilities/index.ts';

/** Mulberry32: small, and the same numbers on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Names of the packages that advisories are about: a few have many, most one. */
export const packageName = (i: number): string => `package-${i}`;

export type DumpShape = { advisories: number; packages: number; malware: number };
/** About what npm's database looks like in small: most of it is malware under names that nobody installs. */
export const shapeOf = (advisories: number): DumpShape => ({
  advisories,
  packages: Math.ceil(advisories / 3),
  malware: 0.6,
});

/**
 * Advisories in OSV's shape (schema 1.6), made up from a fixed seed: ranges with `introduced` and `fixed`, with
 * `last_affected`, with several runs and with none but listed versions; aliases of CVE, GHSA and PYSEC; CVSS 3 and 4; a few
 * withdrawn, a few about several packages, and `MAL-` entries about all versions.
 */
export function* osvDump(ecosystem: Ecosystem, shape: DumpShape): Generator<object> {
  const next = random(ecosystem === 'npm' ? 20261121 : 20261122);
  const below = (limit: number) => Math.floor(next() * limit);
  const version = () => `${below(6)}.${below(20)}.${below(12)}`;
  const type = ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM';
  const dateOf = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString();
  const ranges = (): object[] => {
    const at = next();
    const events =
      at < 0.6
        ? [{ introduced: '0' }, { fixed: version() }]
        : at < 0.75
          ? [{ introduced: version() }, { fixed: version() }]
          : at < 0.9
            ? [{ introduced: '0' }, { last_affected: version() }]
            : [{ introduced: '0' }, { fixed: '0.9.1' }, { introduced: '2.0.0' }, { fixed: '2.4.1' }];
    return [{ type, events }];
  };
  for (let i = 0; i < shape.advisories; i++) {
    const day = below(2_400);
    const modified = dateOf(day + below(60));
    if (next() < shape.malware) {
      yield {
        ...{ schema_version: '1.6.0', id: `MAL-${2022 + (i % 5)}-${i}`, modified, published: dateOf(day) },
        summary: `Malicious code in stray-${i} (${ecosystem})`,
        details: `The package stray-${i} was found to contain malicious code. ${'It contacts a host of its own. '.repeat(8)}`,
        affected: [
          {
            package: { ecosystem, name: `stray-${i}` },
            ranges: [{ type, events: [{ introduced: '0' }] }],
            versions: ['1.0.0', '1.0.1'],
          },
        ],
        credits: [{ name: 'A scanner', type: 'FINDER' }],
      };
      continue;
    }
    const first = Math.floor(next() ** 1.5 * shape.packages);
    const names = next() < 0.05 ? [first, first + 1, first + 2] : [first];
    const listed = ecosystem === 'PyPI' ? Array.from({ length: 5 + below(60) }, version) : [];
    yield {
      ...{
        schema_version: '1.6.0',
        id:
          ecosystem === 'PyPI' && i % 2
            ? `PYSEC-${2020 + (i % 6)}-${i}`
            : `GHSA-${i.toString(36).padStart(4, '2')}-aaaa-bbbb`,
      },
      ...{ modified, published: dateOf(day), aliases: [`CVE-${2020 + (i % 6)}-${10_000 + i}`] },
      ...(next() < 0.03 ? { withdrawn: modified } : {}),
      summary: `${packageName(first)} takes input that it does not check`,
      details: `### Impact\n${'Somebody who can send a request may have the server do something else. '.repeat(6 + below(20))}\n### Patches\nUpdate.`,
      severity: [
        next() < 0.8
          ? { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }
          : { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N' },
      ],
      affected: names.map((name) => ({
        package: { ecosystem, name: packageName(name), purl: `pkg:${ecosystem.toLowerCase()}/${packageName(name)}` },
        ranges: ranges(),
        ...(listed.length > 0 ? { versions: listed } : {}),
      })),
      references: [{ type: 'WEB', url: 'https://example.com/advisory' }],
      database_specific: { severity: ['LOW', 'MODERATE', 'HIGH', 'CRITICAL'][below(4)], cwe_ids: ['CWE-20'] },
    };
  }
}
