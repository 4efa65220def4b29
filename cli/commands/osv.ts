import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { ECOSYSTEMS, type Ecosystem, importDump } from '#lib/scans/vulnerabilities/index.ts';
import { withDatabase } from '../with-database.ts';

/** `hallmark osv import`: known vulnerabilities for scans, from a copy of an OSV database. Nothing is downloaded. */
export function registerOsv(program: Command): void {
  const osv = program.command('osv').description('known vulnerabilities, from a copy of an OSV database');
  osv
    .command('import')
    .description('take over all.zip of an ecosystem of OSV; goes on where it was stopped')
    .argument('<file>', 'ZIP or folder of JSON files, or a file with one advisory a line')
    .addOption(new Option('--ecosystem <name>', 'which packages').choices(ECOSYSTEMS).makeOptionMandatory())
    .action(async (file: string, { ecosystem }: { ecosystem: Ecosystem }) => {
      await withDatabase(() => run(file, ecosystem));
    });
}

async function run(file: string, ecosystem: Ecosystem): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: 'Importing {bar} {value}/{total} advisories, {eta_formatted} left',
        stream: process.stderr,
        hideCursor: true,
      })
    : null;
  let isStarted = false;
  const report = await importDump({
    file,
    ecosystem,
    signal: abort.signal,
    onSkip: ({ name, reason }) => process.stderr.write(`${bar ? '\r\x1b[2K' : ''}${name}: skipped: ${reason}\n`),
    onProgress: (done, total) => {
      if (bar && !isStarted) bar.start(total, 0);
      isStarted = true;
      bar?.update(done);
      if (!bar && (done === total || done % 10_000 === 0)) process.stderr.write(`${done} of ${total} entries\n`);
    },
  });
  bar?.stop();
  const { total, done, advisories, skipped, resumedAt } = report;
  if (resumedAt > 0) process.stdout.write(`Went on after entry ${resumedAt}.\n`);
  process.stdout.write(
    `${done} of ${total} entries: ${advisories} ${advisories === 1 ? 'advisory' : 'advisories'} about ${ecosystem} packages, ${skipped} skipped.${done < total ? ' Stopped; run the command again to go on.' : ' Scans use them, and a worker looks the versions in the catalog up again.'}\n`,
  );
  process.exitCode = done < total ? 1 : 0;
}
