import { type Command, Option } from 'commander';
import { reportFailure } from '#cli/report-failure.ts';
import { BaselineFault, readBaseline } from '#lib/scans/report/read-baseline.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { Finding, Severity } from '#scanners/types.ts';
import { findConfigFiles, scanClients } from './scan-clients.ts';
import { readTarget, type ScanTarget } from './scan-input.ts';
import { type Looked, type LookFlags, look } from './scan-look.ts';
import { FORMATS, type Format, renderReport, renderReports } from './scan-report.ts';
import { complain, exitOnUsageFaults, ManifestFault, print, readInput, UsageFault } from './signing-input.ts';

/** Exit codes of `hallmark scan`. */
export const SCAN_EXIT = { clean: 0, findings: 1, badInput: 2, notScanned: 3 } as const;

const THRESHOLDS = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];
type Threshold = (typeof THRESHOLDS)[number];

type ScanFlags = LookFlags & { format: Format; failOn?: Threshold; baseline?: string; clients?: boolean };

/**
 * `hallmark scan`: scans a manifest, tool definitions, an npm package or a server that a command starts. Needs no
 * Hallmark server and no database. The report goes to standard output, everything else to standard error.
 */
export function registerScan(program: Command): void {
  exitOnUsageFaults(program.command('scan'))
    .description(
      'scan a manifest, tool definitions, a package, a remote server, a command or what MCP clients are configured with',
    )
    .usage(
      '[options] <server.json | tools.json | client configuration | directory | archive | npm:name@version | URL>\n       hallmark scan [options] --clients\n       hallmark scan [options] -- <command> [arguments...]',
    )
    .argument('[target...]', 'a file or directory, npm:name@version, a URL, or after -- the command of a server')
    .addOption(new Option('--format <format>', 'how the report is written').choices(FORMATS).default('text'))
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit with 1 on an accusation or hygiene finding of this severity or above',
      ).choices(THRESHOLDS),
    )
    .option('--baseline <file>', 'an earlier report, JSON or SARIF: its findings are known and fail nothing')
    .option('--clients', 'scan every server that the MCP clients of this machine are configured with')
    .option('--no-live', 'fetch nothing and run nothing')
    .option('--allow-unsandboxed', 'run the command after -- on this machine as you, with your files and network')
    .addHelpText('after', '\nExit codes: 0 clean, 1 findings at or above --fail-on, 2 bad input, 3 could not scan.')
    .action(run);
}

async function run(operands: string[], flags: ScanFlags, command: Command): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    const target = targetOf(splitOperands(operands, command), flags);
    const baseline = flags.baseline === undefined ? undefined : baselineIn(flags.baseline);
    if (target.kind === 'clients') {
      process.exitCode = await runClients(target, { flags, baseline, signal: stop.signal });
      return;
    }
    const looked = await look(target, flags, stop.signal);
    for (const note of looked.notes) complain(`note: ${note}`);
    const report = looked.isScanned
      ? scanSnapshot({
          manifest: looked.manifest,
          definitions: looked.definitions,
          ...(looked.facts ? { facts: looked.facts } : {}),
          ...(looked.code ? { package: looked.code } : {}),
        })
      : null;
    if (report) print(renderReport({ target, looked, report, format: flags.format, baseline }));
    const counting = (report?.findings ?? []).filter(({ fingerprint }) => !baseline?.has(fingerprint));
    process.exitCode = exitCode(looked, counting, flags.failOn);
  } catch (error) {
    if (stop.signal.aborted) {
      complain('The scan was stopped.');
      process.exitCode = SCAN_EXIT.notScanned;
    } else if (error instanceof UsageFault || error instanceof ManifestFault) {
      complain(error.message);
      process.exitCode = SCAN_EXIT.badInput;
    } else {
      // A fault of ours must not look like findings to a build.
      reportFailure(error);
      process.exitCode = SCAN_EXIT.notScanned;
    }
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** The known files of this machine with --clients, else what the words name. */
function targetOf(given: { words: string[]; command: string[] | null }, flags: ScanFlags): ScanTarget {
  if (!flags.clients) return readTarget(given);
  if (given.words.length > 0 || given.command) {
    throw new UsageFault('--clients finds the files itself: give no target beside it.');
  }
  const { files, notes } = findConfigFiles();
  for (const note of notes) complain(`note: ${note}`);
  if (files.length === 0 && notes.length === 0)
    complain('note: no MCP client on this machine has a server configured.');
  return { kind: 'clients', subject: { name: 'clients' }, files };
}

async function runClients(
  { files }: Extract<ScanTarget, { kind: 'clients' }>,
  { flags, baseline, signal }: { flags: ScanFlags; baseline: ReadonlySet<string> | undefined; signal: AbortSignal },
): Promise<number> {
  if (flags.allowUnsandboxed) {
    throw new UsageFault('--allow-unsandboxed is for a command after -- only: no configured command is started.');
  }
  const scan = await scanClients({ files, live: flags.live, signal });
  for (const note of scan.notes) complain(`note: ${note}`);
  print(
    renderReports(
      scan.inputs.map((input) => ({ ...input, ...(baseline ? { baseline } : {}) })),
      flags.format,
    ),
  );
  const findings = scan.inputs.flatMap(({ report }) => report.findings);
  const counting = findings.filter(({ fingerprint }) => !baseline?.has(fingerprint));
  return exitCode({ isScanned: true, isWhole: scan.isWhole }, counting, flags.failOn);
}

/** A report is as large as what it reports on. */
const BASELINE_MAX_BYTES = 64 * 1024 * 1024;

function baselineIn(file: string): ReadonlySet<string> {
  try {
    return readBaseline(readInput(file, 'baseline', BASELINE_MAX_BYTES).toString('utf8'));
  } catch (error) {
    if (error instanceof BaselineFault) throw new UsageFault(`The baseline ${file} ${error.message}`);
    throw error;
  }
}

/** Tells the words before `--` from those after it: commander hands over both in one list. */
function splitOperands(operands: string[], command: Command): { words: string[]; command: string[] | null } {
  let root = command;
  while (root.parent) root = root.parent;
  const raw = (root as Command & { rawArgs: string[] }).rawArgs;
  const at = raw.indexOf('--');
  if (at === -1) return { words: operands, command: null };
  const after = raw.slice(at + 1);
  return { words: operands.slice(0, operands.length - after.length), command: after };
}

/** A finding counts before a gap: who asked for a threshold learns of what was found even where not all was seen. */
function exitCode(
  looked: Pick<Looked, 'isScanned' | 'isWhole'>,
  findings: readonly Finding[],
  failOn: Threshold | undefined,
): number {
  if (failOn !== undefined && findings.some((finding) => isAtLeast(finding, failOn))) return SCAN_EXIT.findings;
  return looked.isScanned && looked.isWhole ? SCAN_EXIT.clean : SCAN_EXIT.notScanned;
}

/** Capability findings are facts about power; they never fail a build. */
function isAtLeast({ class: kind, severity }: Finding, threshold: Threshold): boolean {
  const ranks: readonly Severity[] = THRESHOLDS;
  return kind !== 'capability' && ranks.indexOf(severity) >= ranks.indexOf(threshold);
}
