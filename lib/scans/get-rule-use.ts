import { db } from '#lib/db/db.ts';

export type RuleUse = {
  /** Servers whose latest version has a finding of the rule that was not withdrawn. */
  servers: number;
  /** The first of them by name. */
  examples: { name: string; version: string }[];
};

const SHOWN = 20;

/** Where in this catalog a rule finds something: in the scans that count of the latest versions that are not deleted. */
export async function getRuleUse(ruleId: string): Promise<RuleUse> {
  const where = {
    isLatest: true,
    status: { not: 'deleted' as const },
    currentScan: { activeRules: { has: ruleId } },
  };
  const [servers, examples] = await Promise.all([
    db().version.count({ where }),
    db().version.findMany({
      where,
      orderBy: { serverName: 'asc' },
      take: SHOWN,
      select: { serverName: true, version: true },
    }),
  ]);
  return { servers, examples: examples.map(({ serverName, version }) => ({ name: serverName, version })) };
}
