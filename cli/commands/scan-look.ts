import { createSteps } from '#cli/progress.ts';
import { config } from '#lib/config/config.ts';
import type { Definitions, Manifest, Package } from '#lib/manifest/index.ts';
import { acquireSnapshot, probeOf, type SnapshotCoverage } from '#lib/scans/acquire/index.ts';
import { pypiIndexOf } from '#lib/scans/acquire/pip-settings.ts';
import { fetchedFacts } from '#lib/scans/facts/fetched-facts.ts';
import { introspectRemote } from '#lib/scans/introspect/index.ts';
import { detectSandbox } from '#lib/scans/sandbox/index.ts';
import type { ScanFacts } from '#scanners/facts.ts';
import type { PackageCode } from '#scanners/package-code/types.ts';
import { lookAtCode } from './scan-code.ts';
import type { ScanTarget } from './scan-input.ts';
import { scanCommand } from './scan-live.ts';
import { UsageFault } from './signing-input.ts';

export type LookFlags = { live: boolean; allowUnsandboxed?: boolean };

/** What was looked at, and what could not be. */
export type Looked = {
  manifest: Manifest | null;
  definitions: Definitions;
  /** What came with a package that was fetched. */
  facts?: ScanFacts;
  code?: PackageCode | null;
  coverage: SnapshotCoverage;
  /** Sentences for the person at the terminal. */
  notes: string[];
  /** False where there is nothing to report on: the target itself could not be had. */
  isScanned: boolean;
  /** False where the definitions that the target stands for were not all seen. */
  isWhole: boolean;
};

export const NOTHING_SEEN: Definitions = {
  tools: null,
  prompts: null,
  resources: null,
  resourceTemplates: null,
  instructions: null,
};

const no = (reason: string) => ({ covered: false, reason });

/** A target with one report; the servers of a client have one each. */
export type OneTarget = Exclude<ScanTarget, { kind: 'clients' }>;

/** Gets what the target stands for, with progress on standard error. Throws UsageFault where a flag does not fit it. */
export async function look(target: OneTarget, flags: LookFlags, signal: AbortSignal): Promise<Looked> {
  if (flags.allowUnsandboxed && target.kind !== 'command') {
    throw new UsageFault(
      '--allow-unsandboxed is for a command after -- only: packages of others run in the sandbox or not at all.',
    );
  }
  if (!flags.live && (target.kind === 'command' || target.kind === 'npm' || target.kind === 'remote')) {
    throw new UsageFault('--no-live leaves nothing to scan here: it is for a manifest.');
  }
  switch (target.kind) {
    case 'package':
      return lookAtCode(target, signal);
    case 'definitions':
      return lookAtDefinitions(target);
    case 'command':
      return lookAtCommand(target, flags, signal);
    case 'npm':
      return lookAtPackage(target, signal);
    case 'remote':
      return lookAtRemote(target, signal);
    case 'manifest':
      return lookAtManifest(target, flags, signal);
  }
}

type Target<Kind extends ScanTarget['kind']> = Extract<ScanTarget, { kind: Kind }>;

function lookAtDefinitions({ definitions, issues, dropped }: Target<'definitions'>): Looked {
  const isWhole = dropped === 0;
  return {
    manifest: null,
    definitions,
    coverage: {
      manifest: no('The file holds tool definitions only.'),
      tools: isWhole ? { covered: true } : no(`${dropped} definitions in the file are not usable and were left out.`),
      package: no('The file holds tool definitions only.'),
      live: no('The file holds tool definitions only.'),
    },
    notes: issues,
    isScanned: true,
    isWhole,
  };
}

async function lookAtCommand({ command }: Target<'command'>, flags: LookFlags, signal: AbortSignal): Promise<Looked> {
  const isUnsandboxed = flags.allowUnsandboxed ?? false;
  const steps = createSteps();
  steps.step(isUnsandboxed ? 'asking the server, outside the sandbox' : 'asking the server, in the sandbox');
  const sandbox = isUnsandboxed ? null : await detectSandbox();
  const result = await scanCommand({ command, sandbox, isUnsandboxed, signal });
  signal.throwIfAborted();
  if (!result.ok) {
    steps.fail();
    const said = result.stderr.length > 0 ? ['The server said:', ...result.stderr.map((line) => `  ${line}`)] : [];
    return {
      ...unseen(no(result.message)),
      notes: [result.message, ...said],
    };
  }
  steps.done('the server answered');
  const live = result.isComplete ? { covered: true } : no(result.notes.join(' '));
  return {
    manifest: null,
    definitions: result.definitions,
    coverage: {
      manifest: no('A command has no manifest.'),
      tools: live,
      package: no('A command is not a package.'),
      live,
    },
    notes: result.notes,
    isScanned: true,
    isWhole: result.isComplete,
  };
}

/** This machine: whoever types such an address means it, and it may be plain http. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

async function lookAtRemote({ url }: Target<'remote'>, signal: AbortSignal): Promise<Looked> {
  const steps = createSteps();
  steps.step('asking the remote server');
  const { origin, hostname } = new URL(url);
  const result = await introspectRemote({
    url,
    kind: 'any',
    signal,
    ...(LOOPBACK.test(hostname) ? { trustedOrigins: [origin] } : {}),
  });
  signal.throwIfAborted();
  const { definitions, tools, live } = probeOf(result, {});
  if (!definitions) {
    steps.fail();
    const reason = live.reason ?? 'The server did not answer.';
    return { ...unseen(no(reason)), notes: [reason] };
  }
  steps.done('the server answered');
  return {
    manifest: null,
    definitions,
    coverage: {
      manifest: no('A remote server has no manifest here.'),
      tools,
      package: no('A remote server is not a package.'),
      live,
    },
    notes: live.reason === undefined ? [] : [live.reason],
    isScanned: definitions.tools !== null,
    isWhole: tools.covered,
  };
}

function unseen(reason: { covered: false | boolean; reason: string }): Looked {
  return {
    manifest: null,
    definitions: NOTHING_SEEN,
    coverage: { manifest: no('There is no manifest.'), tools: reason, package: reason, live: reason },
    notes: [],
    isScanned: false,
    isWhole: false,
  };
}

async function lookAtPackage({ name, version }: Target<'npm'>, signal: AbortSignal): Promise<Looked> {
  const pkg: Package = { registryType: 'npm', identifier: name, version, transport: { type: 'stdio' } };
  // Only a carrier of the package's name for the fetch; it is not scanned.
  const carrier: Manifest = { $schema: '', name, description: '', version, packages: [pkg] };
  const looked = await lookAtManifest(
    { kind: 'manifest', subject: { name }, manifest: carrier },
    { live: true },
    signal,
  );
  const isSeen = looked.definitions.tools !== null;
  return {
    ...looked,
    manifest: null,
    coverage: { ...looked.coverage, manifest: no('An npm package has no manifest.') },
    isScanned: isSeen,
    isWhole: isSeen && looked.coverage.tools.covered,
  };
}

async function lookAtManifest(
  { manifest }: Target<'manifest'>,
  flags: LookFlags,
  signal: AbortSignal,
): Promise<Looked> {
  const steps = createSteps();
  let last = '';
  const onProgress = ({ message }: { message: string }) => {
    // Download figures change four times a second; one line a step is enough.
    const step = message.split(',', 1)[0] ?? message;
    if (step !== last) steps.step(step);
    last = step;
  };
  const sandbox = await detectSandbox();
  const snapshot = await acquireSnapshot({
    manifest,
    sandbox,
    live: flags.live,
    pypiIndex: pypiIndexOf(config().HALLMARK_PYPI_URL),
    sources: { pypiUrl: config().HALLMARK_PYPI_URL },
    remotes: {},
    signal,
    onProgress,
  });
  if (snapshot.coverage.live.covered) steps.done('the server answered');
  else steps.fail();
  const { coverage, attempts, definitions } = snapshot;
  const said = coverage.live.covered ? [] : (attempts[0]?.stderr ?? []).map((line) => `  ${line}`);
  return {
    manifest,
    definitions: definitions ?? NOTHING_SEEN,
    facts: fetchedFacts({ manifest, fetched: snapshot.packageFacts, now: new Date() }),
    code: snapshot.code,
    coverage,
    notes: [...new Set([coverage.package.reason, coverage.live.reason])]
      .filter((note) => note !== undefined)
      .concat(said),
    isScanned: true,
    isWhole: true,
  };
}
