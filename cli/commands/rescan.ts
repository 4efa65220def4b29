import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import {
  AT_ONCE,
  getRescanStatus,
  listRescanChanges,
  type RescanChangeView,
  type RescanStatus,
  type RescanSummary,
  type RescanView,
  runRescan,
} from '#lib/scans/rescan/index.ts';
import { withDatabase } from '../with-database.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** `hallmark rescan`: the catalog with the newest rules, from what is stored. Nothing is fetched and nothing is run. */
export function registerRescan(program: Command): void {
  program
    .command('rescan')
    .description('scan the catalog again where its scans are older than the rules; goes on where it was stopped')
    .option('--status', 'only say how far it is and what it changed; workers do it in the background')
    .option('--json', 'print the status as JSON')
    .action(({ status, json }: { status?: boolean; json?: boolean }) =>
      withDatabase(async () => {
        if (!status) await run();
        const now = await getRescanStatus();
        if (json) print(JSON.stringify(now, null, 2));
        else await report(now);
      }),
    );
}

async function run(): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const { due } = await getRescanStatus();
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: 'Scanning {bar} {value}/{total} versions, {eta_formatted} left',
        stream: process.stderr,
        hideCursor: true,
      })
    : null;
  if (due > 0) bar?.start(due, 0);
  const { state } = await runRescan({
    signal: abort.signal,
    maxMs: Number.POSITIVE_INFINITY,
    pace: AT_ONCE,
    retryFailed: true,
    onProgress: (done) => {
      bar?.update(done);
      if (!bar && done % 1000 === 0) process.stderr.write(`${done} of ${due} versions\n`);
    },
  });
  bar?.stop();
  if (state === 'open') process.exitCode = 1;
}

async function report({ rulesetVersion, due, rescans }: RescanStatus): Promise<void> {
  const current = rescans.find((rescan) => rescan.rulesetVersion === rulesetVersion);
  print(
    `Ruleset ${rulesetVersion}: ${due === 0 ? 'every scan that counts is made with it.' : `${due} versions are due.`}`,
  );
  if (!current) return;
  print(progressLine(current));
  if (current.summary === null) return;
  for (const line of summaryLines(current.summary)) print(line);
  const { changes, total } = await listRescanChanges({ rulesetVersion });
  for (const change of changes) print(`  ${changeLine(change)}`);
  if (total > changes.length) print(`  and ${total - changes.length} more: /admin?tab=scans`);
}

const minute = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;

function progressLine({ done, failed, total, perMinute, startedAt, finishedAt }: RescanView): string {
  const speed = perMinute === null ? '' : `, ${perMinute} a minute`;
  const count = `${done + failed} of ${total} versions${speed}`;
  if (finishedAt === null) return `Under way since ${minute(startedAt)}: ${count}.`;
  return `Finished ${minute(finishedAt)}: ${count}.`;
}

function summaryLines({ changed, accused, failed, grades, rules, overtakenBy }: RescanSummary): string[] {
  if (overtakenBy !== null) return [`It was not through when ruleset ${overtakenBy} came.`];
  const grade = (value: string | null) => value ?? 'not graded';
  return [
    `${changed} versions changed, ${accused} newly accused, ${failed} could not be scanned.`,
    ...grades.map(({ from, to, versions }) => `  grade ${grade(from)} to ${grade(to)}: ${versions}`),
    ...rules.map(({ ruleId, added, removed }) => `  ${ruleId}: new in ${added}, gone from ${removed}`),
  ];
}

function changeLine(change: RescanChangeView): string {
  const name = `${change.serverName} ${change.version}`;
  if (change.error !== null) return `${name}: could not be scanned: ${change.error}`;
  const { gradeBefore, gradeAfter, accusationsBefore, accusationsAfter } = change;
  return `${name}: grade ${gradeBefore ?? '–'} to ${gradeAfter ?? '–'}, accusations ${accusationsBefore} to ${accusationsAfter}`;
}
