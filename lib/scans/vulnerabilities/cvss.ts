/** Weights of CVSS 3.0 and 3.1. https://www.first.org/cvss/v3-1/specification-document, section 7.4 */
const WEIGHTS = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  IMPACT: { H: 0.56, L: 0.22, N: 0 },
} as const;
const PRIVILEGES = { U: { N: 0.85, L: 0.62, H: 0.27 }, C: { N: 0.85, L: 0.68, H: 0.5 } } as const;

/** The base score, 0 to 10, of a CVSS 3 vector; null for anything else. CVSS 4 has no formula and is not read. */
export function cvssBaseScore(vector: string): number | null {
  if (!/^CVSS:3\.[01]\//.test(vector) || vector.length > 200) return null;
  const metrics = new Map(vector.split('/').map((part) => part.split(':', 2) as [string, string]));
  const weight = <T extends Record<string, number>>(name: string, table: T): number | undefined =>
    Object.hasOwn(table, metrics.get(name) ?? '') ? table[metrics.get(name) as string] : undefined;

  const scope = metrics.get('S');
  if (scope !== 'U' && scope !== 'C') return null;
  const [av, ac, ui] = [weight('AV', WEIGHTS.AV), weight('AC', WEIGHTS.AC), weight('UI', WEIGHTS.UI)];
  const pr = weight('PR', PRIVILEGES[scope]);
  const impacts = ['C', 'I', 'A'].map((name) => weight(name, WEIGHTS.IMPACT));
  if (av === undefined || ac === undefined || ui === undefined || pr === undefined) return null;
  if (impacts.some((impact) => impact === undefined)) return null;

  const iss = 1 - impacts.reduce<number>((product, impact) => product * (1 - (impact as number)), 1);
  const impact = scope === 'U' ? 6.42 * iss : 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15;
  if (impact <= 0) return 0;
  const exploitability = 8.22 * av * ac * pr * ui;
  return roundUp(Math.min((scope === 'U' ? 1 : 1.08) * (impact + exploitability), 10));
}

/** Appendix A of the specification: the smallest number with one decimal that is not less, without floating point surprises. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10;
}
