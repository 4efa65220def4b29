import { basename } from 'node:path';
import type { Definitions, Package } from '#lib/manifest/types.ts';
import type { ObservedFacts, ObservedTrace } from '#scanners/facts.ts';
import {
  type Configuration,
  type ConfigurationName,
  needsUserInput,
  planConfigurations,
} from '../introspect/configurations.ts';
import { escapeLine } from '../introspect/escape-lines.ts';
import { introspectServer } from '../introspect/introspect-server.ts';
import type { DefinitionIssue, IntrospectErrorCode, Introspection, ServerFacts } from '../introspect/types.ts';
import { SANDBOX_HOME } from '../sandbox/command.ts';
import { type Sandboxed, spawnSandboxed } from '../sandbox/spawn.ts';
import type { SandboxTrace } from '../sandbox/trace-reader.ts';
import type { AvailableSandbox, SandboxEnd, SandboxObservation } from '../sandbox/types.ts';
import { coverageOf } from './coverage-of.ts';
import type { AcquireSnapshotOptions, Attempt, CoverageEntry } from './snapshot.ts';
import type { AcquiredPackage } from './types.ts';

/** Where the package is mounted inside the sandbox. */
const PACKAGE_MOUNT = '/app';

/** Ends after which another configuration may do better. A hang or a broken limit would only be repeated. */
const RETRY_AFTER: readonly IntrospectErrorCode[] = ['SERVER_EXITED', 'MISSING_CONFIGURATION', 'NEEDS_NETWORK'];

export type PackageRun = {
  definitions: Definitions | null;
  facts: ServerFacts | null;
  configuration: ConfigurationName | null;
  issues: DefinitionIssue[];
  attempts: Attempt[];
  tools: CoverageEntry;
  live: CoverageEntry;
  observed: ObservedFacts | null;
};

/** How a configuration is called in a progress line. */
const HOW: Record<ConfigurationName, string> = {
  manifest: 'as the manifest says',
  'every-input': 'with every input filled',
  'without-arguments': 'without arguments',
  'directory-argument': 'with a directory',
};

/** Runs a fetched package in the sandbox, one configuration after the other, until one answers `initialize`. */
export async function introspectPackage({
  sandbox,
  pkg,
  acquired,
  ...options
}: AcquireSnapshotOptions & { pkg: Package; acquired: AcquiredPackage }): Promise<PackageRun> {
  if (!sandbox.available) return notRun(`There is no sandbox: ${sandbox.reason} ${sandbox.fix}`, []);
  const attempts: Attempt[] = [];
  const seen: SandboxObservation[] = [];
  for (const configuration of planConfigurations(pkg)) {
    options.onProgress?.({ message: `starting the server ${HOW[configuration.name]}` });
    const onEnd = ({ observed }: SandboxEnd) => seen.push(observed);
    const result = await introspectOnce({ ...options, sandbox, pkg, acquired, configuration, onEnd });
    attempts.push(attemptOf(configuration, result));
    if (result.ok) {
      const run = runOf(result, configuration.name, attempts);
      return {
        ...run,
        live: withNotes(run.live, [startedNote(configuration), untracedNote(sandbox)]),
        observed: observedBy(seen, acquired.entry.command),
      };
    }
    if (!RETRY_AFTER.includes(result.code)) break;
  }
  // The first attempt follows the manifest: its failure is the one to show.
  const shown = attempts.find(({ code }) => code === 'MISSING_CONFIGURATION') ?? attempts[0];
  return {
    ...notRun(`${shown?.message ?? 'The server was not started.'}${scriptsNote(acquired)}`, attempts),
    observed: observedBy(seen, acquired.entry.command),
  };
}

/** Names under which the kernel lists Node's own process, and what starts it in the sandbox. */
const OWN_PROGRAMS = /^(?:node|MainThread|node-MainThread|bwrap|setpriv|prlimit)$/;
/** The kernel keeps this much of a program's name (proc_pid_comm(5)). */
const KERNEL_NAME_CHARS = 15;

/** What all starts together were seen to try; null where none was watched. */
function observedBy(seen: readonly SandboxObservation[], [program = '']: readonly string[]): ObservedFacts | null {
  if (seen.length === 0) return null;
  const own = basename(program).slice(0, KERNEL_NAME_CHARS);
  const programs = new Set(
    seen.flatMap((one) => one.programs).filter((name) => !OWN_PROGRAMS.test(name) && name !== own),
  );
  const counts = seen.flatMap(({ network }) => network ?? []);
  const most = (key: 'unrouted' | 'datagrams') => Math.max(...counts.map((count) => count[key]));
  return {
    network: counts.length === 0 ? null : { unrouted: most('unrouted'), datagrams: most('datagrams') },
    programs: [...programs].sort(),
    trace: tracedBy(seen.flatMap(({ trace }) => trace ?? [])),
  };
}

/** All starts together; null where none was logged. */
function tracedBy(traces: readonly SandboxTrace[]): ObservedTrace | null {
  if (traces.length === 0) return null;
  const distinct = <T>(values: readonly T[]): T[] => [
    ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
  ];
  const files = traces.flatMap((trace) => trace.files);
  return {
    files: distinct(files.map((file) => ({ ...file, path: file.path.replace(HOME, '~') }))),
    commands: distinct(traces.flatMap(({ commands }) => commands)),
    addresses: distinct(traces.flatMap(({ addresses }) => addresses)).sort(),
    names: distinct(traces.flatMap(({ names }) => names)).sort(),
    isCut: traces.some(({ isCut }) => isCut),
  };
}
const HOME = new RegExp(`^${SANDBOX_HOME}(?=/|$)`);

function withNotes(live: CoverageEntry, notes: readonly (string | null)[]): CoverageEntry {
  const reason = [live.reason ?? null, ...notes].filter((note) => note !== null).join(' ');
  return reason === '' ? live : { ...live, reason };
}

const MAX_NAMED = 5;

/** How the server was started where that was not just as its manifest says: another start may show other tools. */
function startedNote({ name, placeholders }: Configuration): string | null {
  const named = placeholders.slice(0, MAX_NAMED).map((text) => escapeLine(text).slice(0, 80));
  const more = placeholders.length - named.length;
  const values =
    named.length === 0 ? '' : `made-up values for ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  if (name === 'manifest') return values === '' ? null : `It was started with ${values}.`;
  return `It was started ${HOW[name]}${values === '' ? '' : `, with ${values}`}.`;
}

/** What of a run was not looked at where system calls cannot be logged. */
const untracedNote = ({ tracing }: AvailableSandbox): string | null =>
  tracing === undefined || tracing.available ? null : `What it opened was not logged: ${tracing.reason}`;

async function introspectOnce({
  sandbox,
  pkg,
  acquired,
  configuration,
  onEnd,
  hiddenPaths,
  limits,
  signal,
}: Pick<AcquireSnapshotOptions, 'hiddenPaths' | 'limits' | 'signal'> & {
  sandbox: AvailableSandbox;
  pkg: Package;
  acquired: AcquiredPackage;
  configuration: Configuration;
  onEnd: (end: SandboxEnd) => void;
}): Promise<Introspection> {
  let started: Sandboxed | undefined;
  const { root, defaultArgs } = acquired.entry;
  const command = acquired.entry.command.map((word) => insideSandbox(word, acquired.dir));
  const result = await introspectServer({
    spawn: async () => {
      started = await spawnSandboxed({
        sandbox,
        isTraced: true,
        command: [...command, ...(configuration.args.length > 0 ? configuration.args : (defaultArgs ?? []))],
        ...(root === undefined
          ? { readOnlyPaths: [{ source: acquired.dir, target: PACKAGE_MOUNT }] }
          : { root, cwd: acquired.entry.cwd }),
        ...(hiddenPaths ? { hiddenPaths } : {}),
        env: { ...ownEnv(acquired), ...configuration.env },
        ...(limits?.sandbox ? { limits: limits.sandbox } : {}),
        ...(signal ? { signal } : {}),
      });
      return started;
    },
    needsInput: needsUserInput(pkg),
    ...(limits?.introspect ? { limits: limits.introspect } : {}),
    ...(signal ? { signal } : {}),
  });
  if (started !== undefined) onEnd(await started.ended);
  return result;
}

function ownEnv({ dir, entry: { env = {} } }: AcquiredPackage): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, insideSandbox(value, dir)]));
}

/** The folder has a name of its own, so it stands for nothing else wherever it comes up. */
function insideSandbox(word: string, dir: string): string {
  return word.replaceAll(dir, PACKAGE_MOUNT);
}

function attemptOf({ name, placeholders }: Configuration, result: Introspection): Attempt {
  const base = { configuration: name, placeholders };
  if (result.ok) return { ...base, code: 'OK', message: 'The server answered.', stderr: [] };
  return { ...base, code: result.code, message: result.message, stderr: result.stderr };
}

function runOf(
  result: Extract<Introspection, { ok: true }>,
  configuration: ConfigurationName,
  attempts: Attempt[],
): Omit<PackageRun, 'observed'> {
  const { definitions, facts, issues } = result;
  return { definitions, facts, configuration, issues, attempts, ...coverageOf(result) };
}

function notRun(reason: string, attempts: Attempt[]): PackageRun {
  const entry = { covered: false, reason };
  return {
    definitions: null,
    facts: null,
    configuration: null,
    issues: [],
    attempts,
    tools: entry,
    live: entry,
    observed: null,
  };
}

/** A package that compiles itself at installation cannot start here; say so instead of leaving a riddle. */
function scriptsNote({ metadata: { installScripts } }: AcquiredPackage): string {
  if (installScripts.length === 0) return '';
  return ` Install scripts are never run; ${installScripts.slice(0, 3).join(', ')} would have had one.`;
}
