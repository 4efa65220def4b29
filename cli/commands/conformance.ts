import fs from 'node:fs';
import { type Command, Option } from 'commander';
import {
  AREAS,
  type CaseResult,
  CONFORMANCE_CASES,
  caseLine,
  caseTable,
  junitReport,
  LEVELS,
  type Level,
  type Report,
  reportSums,
  runConformance,
  TokenRefused,
  textReport,
  Unreachable,
} from '#lib/conformance/index.ts';
import {
  complain,
  EXIT_REFUSED,
  EXIT_USAGE,
  exitOnUsageFaults,
  print,
  reportFaults,
  UsageFault,
} from './signing-input.ts';

const FORMATS = ['text', 'json', 'junit'] as const;

type Options = {
  baseUrl?: string;
  writeToken?: string;
  editToken?: string;
  writeNamespace?: string;
  format: (typeof FORMATS)[number];
  output?: string;
  only?: string[];
  level: string;
  list?: boolean;
};

/** `hallmark conformance`: tries the rules of the registry API on any registry, over HTTP alone. */
export function registerConformance(program: Command): void {
  exitOnUsageFaults(program.command('conformance'))
    .description('try the rules of the MCP registry API, and what its clients need, on any registry')
    .option('--base-url <url>', 'the registry, without /v0.1')
    .option('--write-token <token>', 'token to publish with, for the cases that write (better: HALLMARK_WRITE_TOKEN)')
    .option('--edit-token <token>', 'token that may replace manifests (better: HALLMARK_EDIT_TOKEN)')
    .option('--write-namespace <namespace>', 'namespace to publish under, e.g. io.github.acme')
    .addOption(new Option('--format <format>', 'how the report is written').choices(FORMATS).default('text'))
    .option('--output <file>', 'write the report to a file, and the sums to standard output')
    .option('--only <id...>', 'only these cases or areas')
    .option('--level <levels>', 'levels whose failures count: must, client, should, separated by commas', 'must')
    .option('--list', 'print every case and ask nothing')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing that counts failed, 1 something did, 2 wrong use, no answer or a refused token.',
    )
    .action((options: Options, command: Command) => reportFaults(command, () => run(options)));
}

async function run(options: Options): Promise<void> {
  const only = readOnly(options.only);
  if (options.list) {
    print(caseTable(CONFORMANCE_CASES.filter(({ id, area }) => !only || only.includes(id) || only.includes(area))));
    return;
  }
  const counting = readLevels(options.level);
  const baseUrl = readBaseUrl(options.baseUrl);
  const report = await runUntilSignal({ ...options, baseUrl, only });
  if (!report) return;
  writeReport(report, options);
  const isRefused = report.results.some(({ outcome, level }) => outcome === 'failed' && counting.includes(level));
  process.exitCode = isRefused ? EXIT_REFUSED : 0;
}

/** Null when it was stopped, nothing answered or a token was refused; the exit code is set then. */
async function runUntilSignal(options: Options & { baseUrl: string }): Promise<Report | null> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, onSignal);
  try {
    return await runConformance({
      baseUrl: options.baseUrl,
      writeToken: options.writeToken ?? (process.env.HALLMARK_WRITE_TOKEN || undefined),
      editToken: options.editToken ?? (process.env.HALLMARK_EDIT_TOKEN || undefined),
      writeNamespace: options.writeNamespace,
      only: options.only,
      onCase: options.format === 'text' && !options.output ? caseByCase() : undefined,
      signal: stop.signal,
    });
  } catch (error) {
    const isExpected = error instanceof Unreachable || error instanceof TokenRefused;
    if (!stop.signal.aborted && !isExpected) throw error;
    complain(stop.signal.aborted ? 'The run was stopped.' : (error as Error).message);
    process.exitCode = EXIT_USAGE;
    return null;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** Prints each case as it ends, under the heading of its area. */
function caseByCase(): (result: CaseResult) => void {
  let area: string | null = null;
  return (result) => {
    if (result.area !== area) print(`${area === null ? '' : '\n'}${AREAS[result.area]}`);
    area = result.area;
    print(caseLine(result));
  };
}

function writeReport(report: Report, { format, output }: Options): void {
  const render = { text: textReport, junit: junitReport, json: (value: Report) => JSON.stringify(value, null, 2) };
  if (output !== undefined) {
    try {
      fs.writeFileSync(output, `${render[format](report).trimEnd()}\n`);
    } catch (error) {
      throw new UsageFault(`The report ${output} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  if (output !== undefined || format === 'text') print(`\n${reportSums(report)}`);
  else print(render[format](report).trimEnd());
}

function readBaseUrl(text: string | undefined): string {
  if (text === undefined) throw new UsageFault('Say which registry: --base-url https://registry.example.com');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new UsageFault(`--base-url ${text} is no address such as https://registry.example.com`);
  }
  if (/\/v0(\.1)?(\/|$)/.test(url.pathname)) {
    throw new UsageFault(`Leave out what follows the address of the registry: ${text.replace(/\/v0.*$/, '')}`);
  }
  return text;
}

function readLevels(text: string): Level[] {
  const levels = text.split(',').map((level) => level.trim());
  const wrong = levels.find((level) => !Object.hasOwn(LEVELS, level));
  if (wrong !== undefined) {
    throw new UsageFault(`--level ${wrong} is none of ${Object.keys(LEVELS).join(', ')}.`);
  }
  return levels as Level[];
}

function readOnly(only: string[] | undefined): string[] | undefined {
  const known = new Set<string>([...Object.keys(AREAS), ...CONFORMANCE_CASES.map(({ id }) => id)]);
  const wrong = only?.find((id) => !known.has(id));
  if (wrong !== undefined) throw new UsageFault(`--only ${wrong} is no case and no area. List them with --list.`);
  return only;
}
