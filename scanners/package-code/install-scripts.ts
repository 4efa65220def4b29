import { HIDDEN_CODE, INSTALL_SCRIPT, REMOTE_CODE, REVERSE_SHELL_RULE } from './rules.ts';
import { moduleOf, type Readable, type Sightings } from './sightings.ts';
import { names, wordsOf } from './text/hosts.ts';
import { DECODE_AND_RUN, FETCH_AND_RUN, REVERSE_SHELL } from './text/places.ts';
import type { PackageFile, PackageFiles, Sighting } from './types.ts';

/** npm runs these when a package is installed (npm docs, "scripts", life cycle). */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'] as const;
const INLINE = /\b(node|python3?)\s+(?:-e|--eval|-p|-c)\s+(?:"((?:[^"\\]|\\.){1,20000})"|'([^']{1,20000})')/;
const DOWNLOADS = /\b(?:curl|wget|Invoke-WebRequest|iwr|bitsadmin|certutil)\b|https?:\/\//i;

/** A script longer than this is no command any more; what is read of it is enough to say so. */
const COMMAND_CHARS = 65_536;

type InstallScript = { name: string; command: string };

function scriptsOf({ manifest }: PackageFiles): InstallScript[] {
  const scripts = manifest?.scripts;
  if (typeof scripts !== 'object' || scripts === null || Array.isArray(scripts)) return [];
  return INSTALL_SCRIPTS.flatMap((name) => {
    const command = (scripts as { [key: string]: unknown })[name];
    return typeof command === 'string' && command.trim() !== ''
      ? [{ name, command: command.slice(0, COMMAND_CHARS) }]
      : [];
  });
}

/** Code that stands in an install script itself, `node -e "…"`, as files of their own. */
export function scriptModules(pkg: PackageFiles): PackageFile[] {
  return scriptsOf(pkg).flatMap(({ name, command }) => {
    const match = INLINE.exec(command);
    const text = match?.[2]?.replace(/\\(["\\$`])/g, '$1') ?? match?.[3];
    if (match === null || text === undefined) return [];
    return [{ path: `package.json#${name}${match[1]?.startsWith('python') ? '#python' : ''}`, text }];
  });
}

/** Reports what runs during installation, by the commands' own words and by what the files they start were seen to do. */
export function sawInstallScripts(pkg: PackageFiles, record: Sightings, about: { texts: string }): void {
  const manifestFile = pkg.files.find(({ path }) => path === 'package.json');
  for (const script of scriptsOf(pkg)) {
    const module = moduleOf(
      manifestFile ?? {
        path: 'package.json',
        text: JSON.stringify({ scripts: { [script.name]: script.command } }, null, 2),
      },
    );
    const written = JSON.stringify(script.command).slice(1, -1);
    const found = module.text.indexOf(written, Math.max(0, module.text.indexOf(`"${script.name}"`)));
    const at = found === -1 ? { s: 0, e: 1 } : { s: found, e: found + written.length };
    const started = startedFiles(script, pkg);
    const commands = [
      script.command,
      ...started.filter(({ path }) => /\.(?:sh|bash|ps1|bat|cmd)$/i.test(path)).map(({ text }) => text),
    ];
    for (const command of commands) sawCommand(command, record, module, at, about);
    record.sighting(module, at, {
      ruleId: INSTALL_SCRIPT.id,
      tool: null,
      argument: null,
      ...judged(script, commands, started, record),
    });
  }
  sawSetup(pkg, record);
}

function startedFiles({ name, command }: InstallScript, { files }: PackageFiles): PackageFile[] {
  const words = command.split(/[\s"'`;&|()]+/).map((word) => word.replace(/^\.\//, ''));
  const candidates = new Set(
    words.flatMap((word) => [word, `${word}.js`, `${word}.mjs`, `${word}.cjs`, `${word}/index.js`]),
  );
  return files.filter(({ path }) => candidates.has(path) || path.startsWith(`package.json#${name}`));
}

function sawCommand(
  command: string,
  record: Sightings,
  module: Readable,
  at: { s: number; e: number },
  about: { texts: string },
): void {
  const report = (ruleId: string, message: string, more: Partial<Sighting> = {}) =>
    record.sighting(module, at, { ruleId, message, tool: null, argument: null, ...more });
  if (REVERSE_SHELL.test(command))
    report(REVERSE_SHELL_RULE.id, 'An install script connects a shell to another machine.');
  if (DECODE_AND_RUN.test(command)) report(HIDDEN_CODE.id, 'An install script decodes a program and runs it.');
  if (!FETCH_AND_RUN.test(command)) return;
  const host = /https?:\/\/([\w.-]{1,253})/i.exec(command)?.[1]?.toLowerCase();
  const words = host === undefined ? [] : wordsOf(host);
  if (host !== undefined && names(about.texts, words)) return;
  report(
    REMOTE_CODE.id,
    `An install script fetches a program${host ? ` from ${host}` : ''} and runs it at once.`,
    host ? { unlessNamed: words } : {},
  );
}

function judged(
  { name, command }: InstallScript,
  commands: readonly string[],
  started: readonly PackageFile[],
  record: Sightings,
): Pick<Sighting, 'message' | 'severity'> {
  const shown = command.length > 120 ? `${command.slice(0, 119)}…` : command;
  if (commands.some((text) => FETCH_AND_RUN.test(text)))
    return { message: `${name} fetches a program and hands it to a shell: ${shown}`, severity: 'high' };
  const paths = new Set(started.map(({ path }) => path));
  const contacts = record.powers.find(
    ({ kind, places }) =>
      (kind === 'contacts' || kind === 'contacts-any') &&
      places.some(({ path }) => paths.has(path) || path.startsWith(`package.json#${name}`)),
  );
  if (contacts !== undefined)
    return {
      message: `${name} runs ${shown}, which contacts ${contacts.what || 'a host chosen at run time'}.`,
      severity: 'medium',
    };
  if (commands.some((text) => DOWNLOADS.test(text)))
    return { message: `${name} downloads something: ${shown}`, severity: 'medium' };
  if (INLINE.test(command))
    return { message: `${name} runs code written into package.json: ${shown}`, severity: 'medium' };
  return { message: `${name} runs: ${shown}`, severity: 'low' };
}

/** setup.py of a source distribution runs when it is installed; building a package is all it should do. */
function sawSetup({ ecosystem, files }: PackageFiles, record: Sightings): void {
  const setup = ecosystem === 'pypi' ? files.find(({ path }) => path === 'setup.py') : undefined;
  if (setup === undefined) return;
  for (const { kind, what, places } of record.powers) {
    const place = places.find(({ path }) => path === 'setup.py');
    if (place === undefined || !/^(?:contacts|contacts-any|runs-program|runs-any-program)$/.test(kind)) continue;
    const message = `setup.py ${kind.startsWith('contacts') ? 'contacts' : 'starts'} ${what || 'something that is chosen at run time'} during installation.`;
    const module = moduleOf(setup);
    const s = module.lines[place.line - 1] ?? 0;
    record.sighting(
      module,
      { s, e: module.lines[place.line] ?? setup.text.length },
      { ruleId: INSTALL_SCRIPT.id, message, tool: null, argument: null, severity: 'medium' },
    );
    return;
  }
}
