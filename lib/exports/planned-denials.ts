import { shellQuote } from '#lib/manifest/shell-quote.ts';
import { makeNote } from './notes.ts';
import type { ExportInput, ExportNote, ExportServer, RevokedFacts } from './types.ts';

/**
 * Commands and addresses of revoked versions, sorted. Not those that an approved version uses too: a denial wins in every
 * client, and would block the approved one.
 */
export function plannedDenials({
  input: { allowlist, revocations, options = {} },
  servers,
  note,
}: {
  input: ExportInput;
  servers: readonly ExportServer[];
  note: (note: ExportNote) => void;
}): RevokedFacts {
  const lineOf = (argv: readonly string[]) => JSON.stringify(argv);
  const versions = servers.flatMap((server) => server.versions);
  const used = new Set([
    ...versions.flatMap(({ commands }) => commands.map(({ argv }) => lineOf(argv))),
    ...versions.flatMap(({ remotes }) => remotes.map(({ url }) => url)),
  ]);
  const commands = new Map<string, string[]>();
  const remotes = new Set<string>();
  let unknown = 0;
  for (const { name, version } of revocations.revocations) {
    const found = revokedFacts(options.revoked ?? {}, name, version);
    if (found.length === 0) unknown += 1;
    for (const revoked of found) {
      for (const argv of revoked.commands) {
        if (used.has(lineOf(argv)))
          note(makeNote('DENIAL_SHARED', { server: name, version }, { start: shellQuote(argv) }));
        else commands.set(lineOf(argv), argv);
      }
      for (const address of revoked.remotes) {
        const url = URL.parse(address)?.href;
        if (url === undefined || /[*{}]|\$\{/.test(address)) continue;
        if (used.has(url)) note(makeNote('DENIAL_SHARED', { server: name, version }, { start: url }));
        else remotes.add(url);
      }
    }
  }
  if (unknown > 0 && allowlist.mode !== 'lockdown') note(makeNote('DENIALS_UNKNOWN', {}, { count: String(unknown) }));
  return {
    commands: [...commands].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, argv]) => argv),
    remotes: [...remotes].sort(),
  };
}

/** Of one version, or of every known version of a server. */
function revokedFacts(
  known: Readonly<Record<string, RevokedFacts>>,
  name: string,
  version: string | undefined,
): RevokedFacts[] {
  if (version !== undefined) return Object.hasOwn(known, `${name}@${version}`) ? [known[`${name}@${version}`]!] : [];
  return Object.entries(known)
    .filter(([key]) => key.startsWith(`${name}@`))
    .map(([, facts]) => facts);
}
