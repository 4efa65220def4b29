import type { JsonObject } from '#lib/manifest/types.ts';
import { makeNote } from '../notes.ts';
import type { ExportCommand, ExportFormat, ExportVersion } from '../types.ts';
import { jsonText } from '../write.ts';

/** Matches no text, in RE2 as in every other dialect. */
const NOTHING = String.raw`[^\s\S]`;

/** The text itself as a pattern. Windsurf puts `^(?:` and `)$` around it. */
const escaped = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) =>
    character === '/' || character === '-' ? character : `\\${character}`,
  );

/**
 * Windsurf's whitelist: a pattern for the command and one for each argument; their number must be the same. Versions that
 * differ in one argument share an entry, since an id can have one only. The first entry blocks all servers that have
 * none, and an empty list would allow everything: "nothing" is one entry that matches nothing.
 */
export const windsurf: ExportFormat = (plan, note) => {
  const items = plan.servers.flatMap(({ name, key, versions }): JsonObject[] => {
    const [first, ...others] = versions.flatMap((version) => version.commands.map((command) => ({ version, command })));
    if (!first) return [];
    const patterns = patternsOf(first.command, others, ({ version }) =>
      note(makeNote('VERSIONS_DIFFER', { server: name, version: version.version }, { version: first.version.version })),
    );
    const [command, ...args] = patterns;
    return [{ serverId: key, config: { command: command!, args } }];
  });
  const nothing = { serverId: 'nothing-is-allowed', config: { command: NOTHING, args: [] } };
  return jsonText(items.length > 0 ? items : [nothing]);
};

type Candidate = { version: ExportVersion; command: ExportCommand };

function patternsOf(first: ExportCommand, others: Candidate[], leaveOut: (candidate: Candidate) => void): string[] {
  let place: number | null = null;
  const admitted: string[][] = [first.argv];
  for (const candidate of others) {
    const { argv } = candidate.command;
    const differing = argv.flatMap((argument, index) => (argument === first.argv[index] ? [] : [index]));
    if (argv.length === first.argv.length && differing.length === 0) continue;
    const fits =
      argv.length === first.argv.length && differing.length === 1 && (place ?? differing[0]) === differing[0];
    if (!fits) {
      leaveOut(candidate);
      continue;
    }
    place = differing[0]!;
    admitted.push(argv);
  }
  return first.argv.map((argument, index) =>
    index === place ? [...new Set(admitted.map((argv) => escaped(argv[index]!)))].join('|') : escaped(argument),
  );
}
