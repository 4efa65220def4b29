import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { importFile } from '#lib/catalog/import/import-file.ts';
import { withDatabase } from '../with-database.ts';

/** `hallmark import FILE.jsonl`: takes servers over from another catalog as mirrored and unverified. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description('import servers from a JSONL file or saved pages of GET /v0.1/servers; goes on where it was stopped')
    .argument('<file>', 'lines of {"server": {…}, "tools"?: […], "category"?, "tags"?, "source"?, "license"?}')
    .action(async (file: string) => {
      await withDatabase(() => run(file), { mayCreate: true });
    });
}

async function run(file: string): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: 'Importing {bar} {value}/{total} lines, {eta_formatted} left',
        stream: process.stderr,
        hideCursor: true,
      })
    : null;
  let isStarted = false;
  const report = await importFile({
    file,
    signal: abort.signal,
    onSkip: ({ line, reason }) => process.stderr.write(`${bar ? '\r\x1b[2K' : ''}line ${line}: skipped: ${reason}\n`),
    onProgress: (done, total) => {
      if (bar && !isStarted) bar.start(total, 0);
      isStarted = true;
      bar?.update(done);
      if (!bar && (done === total || done % 500 === 0)) process.stderr.write(`${done} of ${total} lines\n`);
    },
  });
  bar?.stop();
  const { total, imported, updated, unchanged, skipped, resumedAt } = report;
  const isDone = imported + updated + unchanged + skipped >= total;
  if (resumedAt > 0) process.stdout.write(`Went on after line ${resumedAt}.\n`);
  process.stdout.write(
    `${total} lines: ${imported} imported as mirrored and unverified, ${updated} with a new status, ${unchanged} unchanged, ${skipped} skipped.${isDone ? '' : ' Stopped; run the command again to go on.'}\n`,
  );
  process.exitCode = isDone ? 0 : 1;
}
