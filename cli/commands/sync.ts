import type { Command } from 'commander';
import type { Actor } from '#lib/audit/events.ts';
import { findSyncSource } from '#lib/catalog/sync/find-sync-source.ts';
import { addSyncSource, listSyncSources, removeSyncSource, runSync, setSyncEnabled } from '#lib/catalog/sync/index.ts';
import type { SyncCounts, SyncOutcome, SyncSourceView } from '#lib/catalog/sync/types.ts';
import { withDatabase } from '../with-database.ts';

const ACTOR: Actor = { type: 'system', name: 'Command line' };

const print = (text: string) => process.stdout.write(`${text}\n`);
const say = (text: string) => process.stderr.write(`${text}\n`);

/** `hallmark sync …`: the upstream registries that this one mirrors. */
export function registerSync(program: Command): void {
  const sync = program.command('sync').description('mirror other registries: add them, list them, run them now');
  sync
    .command('add')
    .description('add an upstream registry; the worker crawls it every hour')
    .argument('<url>', 'its address, e.g. https://registry.modelcontextprotocol.io')
    .option('--name <name>', 'what to call it (default: the host of the address)')
    .option('--names <glob...>', 'take only servers whose name fits one of these, e.g. "io.github.acme/*"')
    .option('--exclude <glob...>', 'leave out servers whose name fits one of these')
    .option('--status <statuses>', 'take only versions that have one of these, e.g. active,deprecated', split)
    .action((url: string, options: { name?: string; names?: string[]; exclude?: string[]; status?: string[] }) =>
      withDatabase(() => add(url, options)),
    );
  sync
    .command('list')
    .description('the upstream registries and what they are doing')
    .option('--json', 'print as JSON')
    .action(({ json }: { json?: boolean }) => withDatabase(() => list(json ?? false)));
  sync
    .command('run')
    .description('crawl now, all sources that are enabled or one; goes on where it was stopped')
    .argument('[name]', 'the source')
    .option('--full', 'begin anew and ask for everything, not only for what changed')
    .action((name: string | undefined, { full }: { full?: boolean }) => withDatabase(() => run(name, full ?? false)));
  for (const [command, isEnabled, description] of [
    ['enable', true, 'go on crawling a source'],
    ['disable', false, 'stop crawling a source; what was taken over stays'],
  ] as const) {
    sync
      .command(command)
      .description(description)
      .argument('<name>', 'the source')
      .action((name: string) => withDatabase(() => setSyncEnabled({ name, isEnabled, actor: ACTOR })));
  }
  sync
    .command('remove')
    .description('forget a source; what was taken over stays')
    .argument('<name>', 'the source')
    .action((name: string) => withDatabase(() => removeSyncSource({ name, actor: ACTOR })));
}

const split = (text: string) => text.split(',').map((part) => part.trim());

async function add(
  url: string,
  { name, names, exclude, status }: { name?: string; names?: string[]; exclude?: string[]; status?: string[] },
): Promise<void> {
  const filters = { names, exclude, statuses: status };
  const source = await addSyncSource({ baseUrl: url, name, filters, actor: ACTOR });
  print(`Added ${source.name}, ${source.baseUrl}. A worker crawls it soon; now: hallmark sync run ${source.name}`);
}

async function list(isJson: boolean): Promise<void> {
  const sources = await listSyncSources();
  if (isJson) print(JSON.stringify(sources, null, 2));
  else if (sources.length === 0) print('There is no source yet: add one with `hallmark sync add URL`.');
  else for (const source of sources) print(describeSource(source));
}

const minute = (time: string) => `${time.slice(0, 16).replace('T', ' ')} UTC`;

function describeSource(source: SyncSourceView): string {
  const { filters, progress, lastRun, lastError } = source;
  const lines = [
    `${source.name}: ${source.state}`,
    `address    ${source.baseUrl}`,
    ...(filters.names.length > 0 ? [`names      ${filters.names.join(' ')}`] : []),
    ...(filters.exclude.length > 0 ? [`without    ${filters.exclude.join(' ')}`] : []),
    ...(filters.statuses.length > 0 ? [`statuses   ${filters.statuses.join(' ')}`] : []),
    ...(progress ? [`this crawl ${describeCounts(progress)}`] : []),
    ...(lastRun ? [`last crawl ${minute(lastRun.finishedAt)}: ${describeCounts(lastRun)}`] : []),
    ...(source.isEnabled ? [`next run   ${minute(source.nextRunAt)}`] : []),
    ...(lastError ? [`last error ${minute(lastError.at)}: ${lastError.message} (${lastError.code})`] : []),
  ];
  return lines.join('\n  ');
}

const describeCounts = ({ pages, seen, imported, updated, unchanged, filtered, skipped }: SyncCounts) =>
  `${seen} ${seen === 1 ? 'version' : 'versions'} on ${pages} ${pages === 1 ? 'page' : 'pages'}: ${imported} new, ${updated} updated, ${unchanged} unchanged, ${filtered} filtered out, ${skipped} skipped`;

/** Exit code 1 when a source could not be crawled to its end. */
async function run(name: string | undefined, isFull: boolean): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const sources = name ? [await findSyncSource(name)] : (await listSyncSources()).filter(({ isEnabled }) => isEnabled);
  if (sources.length === 0) print('There is no source to run: add one with `hallmark sync add URL`.');
  for (const source of sources) {
    if (abort.signal.aborted) break;
    const outcome = await runSync({
      sourceId: source.id,
      isFull,
      signal: abort.signal,
      onProgress: ({ pages, seen }) => {
        if (pages % 10 === 0) say(`${source.name}: ${seen} ${seen === 1 ? 'version' : 'versions'} seen`);
      },
      onPause: ({ message }, pauseMs) =>
        say(`${source.name}: ${message} Trying again in ${Math.ceil(pauseMs / 1000)} s.`),
    });
    report(source, outcome);
    if (outcome.state !== 'finished') process.exitCode = 1;
  }
}

function report({ name, isEnabled }: { name: string; isEnabled: boolean }, outcome: SyncOutcome): void {
  const { state, counts, error, nextRunAt } = outcome;
  if (state === 'busy') {
    const why = isEnabled ? 'A worker is crawling it at the moment.' : `It is disabled: hallmark sync enable ${name}`;
    print(`${name}: ${why}`);
    return;
  }
  if (counts) print(`${name}: ${describeCounts(counts)}.`);
  for (const { name: server, version, message } of counts?.skippedExamples ?? []) {
    say(`  skipped ${server ?? 'an item'}${version ? ` ${version}` : ''}: ${message}`);
  }
  if (counts && counts.skipped > counts.skippedExamples.length) {
    say(`  and ${counts.skipped - counts.skippedExamples.length} more`);
  }
  if (error) print(`${name}: ${error.message} The next try is at ${minute(nextRunAt!.toISOString())}.`);
  if (state === 'stopped') print(`${name}: stopped; the next run goes on here.`);
}
