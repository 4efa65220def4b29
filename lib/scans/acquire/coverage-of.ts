import type { Introspection } from '../introspect/types.ts';
import type { CoverageEntry } from './snapshot.ts';

/** What of a server that answered was seen whole. */
export function coverageOf({ issues, dropped, failures }: Extract<Introspection, { ok: true }>): {
  tools: CoverageEntry;
  live: CoverageEntry;
} {
  const failed = Object.values(failures).map(({ message }) => message);
  const first = issues.find(({ list, isDropped }) => list === 'tools' && isDropped)?.message;
  const tools: CoverageEntry = failures.tools
    ? { covered: false, reason: failures.tools.message }
    : dropped.tools
      ? { covered: false, reason: `${dropped.tools} tool definitions are not usable and were left out (${first}).` }
      : { covered: true };
  return {
    tools,
    live: { covered: failures.tools === undefined, ...(failed.length > 0 ? { reason: failed.join(' ') } : {}) },
  };
}
