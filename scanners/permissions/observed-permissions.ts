import type { ObservedFacts, ObservedTrace } from '../facts.ts';
import type { Permission } from '../types.ts';
import { DECOY_WORDS, DECOYS, type DecoyKind } from './decoys.ts';

export const TRIED_NETWORK = 'the network while it was asked for its tools';
export const TRIED_PROGRAMS = 'other programs while it was asked for its tools';
export const TRIED_READING = 'files outside of its package while it was asked for its tools';
export const TRIED_CHANGING = 'files outside of its own folders while it was asked for its tools';

const MAX_SHOWN = 10;
const MAX_CHARS = 200;
const KIND_OF_DECOY = new Map(DECOYS.map(({ path, kind }) => [path, kind]));

/** What a server was seen to try in the sandbox, where there is no network. What it does when a tool is called is not among it. */
export function observedPermissions(observed: ObservedFacts | null): Permission[] {
  if (observed === null) return [];
  const { trace = null } = observed;
  const of = (kind: Permission['kind'], scope: string, evidence: readonly string[]): Permission[] => {
    const shown = evidence.slice(0, MAX_SHOWN).map((text) => text.slice(0, MAX_CHARS));
    return shown.length === 0 ? [] : [{ kind, scope, basis: 'observed', evidence: shown }];
  };
  const commands = trace?.commands.map((words) => words.join(' ')) ?? [];
  return [
    ...of('send-out', TRIED_NETWORK, networkEvidence(observed, trace)),
    ...of('run-code', TRIED_PROGRAMS, commands.length > 0 ? commands : observed.programs),
    ...(trace === null ? [] : ofFiles(trace, of)),
  ];
}

/** Names and addresses where they are known, else how often something was tried. */
function networkEvidence({ network }: ObservedFacts, trace: ObservedTrace | null): string[] {
  const named = [...(trace?.names ?? []), ...(trace?.addresses ?? [])];
  if (named.length > 0) return named;
  return [
    count(network?.unrouted ?? 0, 'connection', 'connections'),
    count(network?.datagrams ?? 0, 'look-up of a name or datagram', 'look-ups of names or datagrams'),
  ].filter((text) => text !== null);
}

function ofFiles(
  trace: ObservedTrace,
  of: (kind: Permission['kind'], scope: string, evidence: readonly string[]) => Permission[],
): Permission[] {
  const opened = openedDecoys(trace);
  const secrets = [...opened].filter(([kind]) => kind !== 'documents');
  const isDecoy = new Set(secrets.flatMap(([, paths]) => paths));
  const pathsOf = (isWanted: (access: string) => boolean) => [
    ...new Set(
      trace.files
        .filter(({ path, access }) => isWanted(access) && !(access === 'read' && isDecoy.has(path)))
        .map(({ path }) => path),
    ),
  ];
  return [
    ...secrets.flatMap(([kind, paths]) => of('secrets', DECOY_WORDS[kind], paths)),
    ...of(
      'read',
      TRIED_READING,
      pathsOf((access) => access === 'read'),
    ),
    ...of(
      'change',
      TRIED_CHANGING,
      pathsOf((access) => access !== 'read'),
    ),
  ];
}

/** Decoys that were opened, by what they stand for. */
export function openedDecoys({ files }: ObservedTrace): Map<DecoyKind, string[]> {
  const opened = new Map<DecoyKind, string[]>();
  for (const { path, access } of files) {
    const kind = access === 'read' ? KIND_OF_DECOY.get(path) : undefined;
    if (kind !== undefined) opened.set(kind, [...(opened.get(kind) ?? []), path]);
  }
  return opened;
}

const count = (n: number, one: string, many: string): string | null =>
  n === 0 ? null : n === 1 ? `one ${one}` : `${n} ${many}`;
