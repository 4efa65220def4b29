import type { Definitions, Package } from '#lib/manifest/types.ts';
import {
  type Configuration,
  type ConfigurationName,
  needsUserInput,
  planConfigurations,
} from '../introspect/configurations.ts';
import { introspectServer } from '../introspect/introspect-server.ts';
import type { DefinitionIssue, IntrospectErrorCode, Introspection, ServerFacts } from '../introspect/types.ts';
import { spawnSandboxed } from '../sandbox/spawn.ts';
import type { AvailableSandbox } from '../sandbox/types.ts';
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
  for (const configuration of planConfigurations(pkg)) {
    options.onProgress?.({ message: `starting the server ${HOW[configuration.name]}` });
    const result = await introspectOnce({ ...options, sandbox, pkg, acquired, configuration });
    attempts.push(attemptOf(configuration, result));
    if (result.ok) return runOf(result, configuration.name, attempts);
    if (!RETRY_AFTER.includes(result.code)) break;
  }
  // The first attempt follows the manifest: its failure is the one to show.
  const shown = attempts.find(({ code }) => code === 'MISSING_CONFIGURATION') ?? attempts[0];
  return notRun(`${shown?.message ?? 'The server was not started.'}${scriptsNote(acquired)}`, attempts);
}

function introspectOnce({
  sandbox,
  pkg,
  acquired,
  configuration,
  hiddenPaths,
  limits,
  signal,
}: Pick<AcquireSnapshotOptions, 'hiddenPaths' | 'limits' | 'signal'> & {
  sandbox: AvailableSandbox;
  pkg: Package;
  acquired: AcquiredPackage;
  configuration: Configuration;
}): Promise<Introspection> {
  const command = acquired.entry.command.map((word) => insideSandbox(word, acquired.dir));
  return introspectServer({
    spawn: () =>
      spawnSandboxed({
        sandbox,
        command: [...command, ...configuration.args],
        readOnlyPaths: [{ source: acquired.dir, target: PACKAGE_MOUNT }],
        ...(hiddenPaths ? { hiddenPaths } : {}),
        env: configuration.env,
        ...(limits?.sandbox ? { limits: limits.sandbox } : {}),
        ...(signal ? { signal } : {}),
      }),
    needsInput: needsUserInput(pkg),
    ...(limits?.introspect ? { limits: limits.introspect } : {}),
    ...(signal ? { signal } : {}),
  });
}

function insideSandbox(word: string, dir: string): string {
  return word.startsWith(`${dir}/`) ? `${PACKAGE_MOUNT}${word.slice(dir.length)}` : word;
}

function attemptOf({ name, placeholders }: Configuration, result: Introspection): Attempt {
  const base = { configuration: name, placeholders };
  if (result.ok) return { ...base, code: 'OK', message: 'The server answered.', stderr: [] };
  return { ...base, code: result.code, message: result.message, stderr: result.stderr };
}

function runOf(
  { definitions, facts, issues, dropped, failures }: Extract<Introspection, { ok: true }>,
  configuration: ConfigurationName,
  attempts: Attempt[],
): PackageRun {
  const failed = Object.values(failures).map(({ message }) => message);
  const first = issues.find(({ list, isDropped }) => list === 'tools' && isDropped)?.message;
  const tools: CoverageEntry = failures.tools
    ? { covered: false, reason: failures.tools.message }
    : dropped.tools
      ? { covered: false, reason: `${dropped.tools} tool definitions are not usable and were left out (${first}).` }
      : { covered: true };
  return {
    definitions,
    facts,
    configuration,
    issues,
    attempts,
    tools,
    live: { covered: failures.tools === undefined, ...(failed.length > 0 ? { reason: failed.join(' ') } : {}) },
  };
}

function notRun(reason: string, attempts: Attempt[]): PackageRun {
  const entry = { covered: false, reason };
  return { definitions: null, facts: null, configuration: null, issues: [], attempts, tools: entry, live: entry };
}

/** A package that compiles itself at installation cannot start here; say so instead of leaving a riddle. */
function scriptsNote({ metadata: { installScripts } }: AcquiredPackage): string {
  if (installScripts.length === 0) return '';
  return ` Install scripts are never run; ${installScripts.slice(0, 3).join(', ')} would have had one.`;
}
