import type { ObservedFacts } from '../facts.ts';
import type { Permission } from '../types.ts';

export const TRIED_NETWORK = 'the network while it was asked for its tools';
export const TRIED_PROGRAMS = 'other programs while it was asked for its tools';

const MAX_PROGRAMS = 10;

/** What a server was seen to try in the sandbox, where there is no network. What it does when a tool is called is not among it. */
export function observedPermissions(observed: ObservedFacts | null): Permission[] {
  if (observed === null) return [];
  const found: Permission[] = [];
  const { network, programs } = observed;
  const tried = [
    count(network?.unrouted ?? 0, 'connection', 'connections'),
    count(network?.datagrams ?? 0, 'look-up of a name or datagram', 'look-ups of names or datagrams'),
  ].filter((text) => text !== null);
  if (tried.length > 0) {
    found.push({ kind: 'send-out', scope: TRIED_NETWORK, basis: 'observed', evidence: tried });
  }
  if (programs.length > 0) {
    const evidence = programs.slice(0, MAX_PROGRAMS);
    found.push({ kind: 'run-code', scope: TRIED_PROGRAMS, basis: 'observed', evidence });
  }
  return found;
}

const count = (n: number, one: string, many: string): string | null =>
  n === 0 ? null : n === 1 ? `one ${one}` : `${n} ${many}`;
