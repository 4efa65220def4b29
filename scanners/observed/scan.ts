import type { ObservedTrace } from '../facts.ts';
import { DECOY_WORDS, type DecoyKind } from '../permissions/decoys.ts';
import { openedDecoys } from '../permissions/observed-permissions.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { COLLECTS_SECRETS, RULES } from './rules.ts';

/** Nothing but a browser or a wallet itself has a reason to open these. */
const PERSONAL: readonly DecoyKind[] = ['browser-stores', 'wallets'];
/** One of these alone is the business of many a server. */
const OF_WORK: readonly DecoyKind[] = ['ssh-keys', 'cloud-credentials', 'access-tokens'];

/** Judges what a server did in the sandbox while it was asked for its tools. */
export const observed: Scanner = {
  id: 'observed',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest, facts }) => {
    const trace = facts?.observed?.trace;
    return trace ? collecting(trace, manifest === null ? '' : '/packages') : [];
  },
};

function collecting(trace: ObservedTrace, pointer: string): RawFinding[] {
  const opened = openedDecoys(trace);
  if (opened.has('documents')) return [];
  const has = (kinds: readonly DecoyKind[]) => kinds.some((kind) => opened.has(kind));
  if (!has(PERSONAL) || !has(OF_WORK)) return [];
  const taken = [...opened].filter(([kind]) => PERSONAL.includes(kind) || OF_WORK.includes(kind));
  const excerpt = taken.flatMap(([, paths]) => paths).join(', ');
  return [
    {
      ruleId: COLLECTS_SECRETS.id,
      message: `Asked for its tools, it opened ${taken.map(([kind]) => DECOY_WORDS[kind]).join(', ')}.`,
      location: { document: 'server.json', pointer },
      evidence: { excerpt, start: 0, end: excerpt.length },
    },
  ];
}
