import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { defaultStateDir, FeedError, pullFeed } from '#lib/feed/client/index.ts';
import { withDatabase } from '../with-database.ts';
import { exitOnUsageFaults, FEED_EXIT, readTrust, usageFault } from './feed-input.ts';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** `hallmark feed export|import|recover`: feeds that are carried, and serials that a restored backup forgot. */
export function registerFeedArchive(feed: Command): void {
  exitOnUsageFaults(feed.command('export'))
    .description('on the instance: write the feed with a long lease to a file, for a network without connection')
    .requiredOption('--org <slug>', 'the organization')
    .requiredOption('--out <file>', 'where to write the archive')
    .option('--ttl <days>', 'how long it is good for, e.g. 14d (default: what the organization allows)')
    .action(exportArchive);
  exitOnUsageFaults(feed.command('import'))
    .description('on the other side: verify an archive with the trust file and remember it for gateways')
    .argument('<file>', 'archive of `hallmark feed export`')
    .requiredOption('--trust <file>', "feed-trust.json from the organization's feed page")
    .option('--state <dir>', 'where to remember it (default: a folder below ~/.hallmark/feed)')
    .action(importArchive);
  exitOnUsageFaults(feed.command('recover'))
    .description('on the instance, after a backup was restored: go on past a head that a gateway holds')
    .requiredOption('--org <slug>', 'the organization')
    .requiredOption('--head <file>', 'accepted/…/head.json from the state folder of a gateway')
    .action(recover);
}

async function exportArchive({ org, out, ttl }: { org: string; out: string; ttl?: string }, command: Command) {
  const [, days] = /^(\d{1,3})d?$/.exec(ttl ?? '') ?? [];
  if (ttl !== undefined && days === undefined) usageFault(command, `--ttl ${ttl}: give days, e.g. 14d.`);
  await withDatabase(async () => {
    const { operatorKeeper } = await import('#lib/feed/store/change-keys.ts');
    const { exportFeed } = await import('#lib/feed/store/export-feed.ts');
    const keeper = await operatorKeeper(org);
    const { bytes, serial, until } = await exportFeed({ keeper, days: days === undefined ? undefined : Number(days) });
    await writeFile(out, bytes);
    print(`Serial ${serial} of ${org}, good until ${until.toISOString()}, written to ${out}.`);
  });
}

async function importArchive(archive: string, options: { trust: string; state?: string }, command: Command) {
  const trust = await readTrust(options.trust, command);
  const stateDir = options.state ?? defaultStateDir(trust);
  try {
    const { head, changed, warnings } = await pullFeed({ trust, stateDir, archive });
    for (const { message } of warnings) process.stderr.write(`Warning: ${message}\n`);
    print(
      `The archive verifies: ${head.org}, epoch ${head.epoch}, serial ${head.serial}, ${changed ? 'new' : 'known already'}, good until ${head.expires}.`,
    );
    print(`Remembered in ${stateDir}.`);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    process.stderr.write(`${archive} is not accepted (${error.code}). ${error.message}\n`);
    process.exitCode = error.code === 'FEED_UNREACHABLE' ? FEED_EXIT.unreachable : FEED_EXIT.refused;
  }
}

async function recover({ org, head }: { org: string; head: string }) {
  await withDatabase(async () => {
    const { operatorKeeper } = await import('#lib/feed/store/change-keys.ts');
    const { acknowledgeHead } = await import('#lib/feed/store/acknowledge-head.ts');
    const { org: found, actor } = await operatorKeeper(org);
    const serial = await acknowledgeHead({
      orgId: found.id,
      envelopeBytes: await readFile(head),
      now: new Date(),
      actor,
    });
    print(serial === null ? 'The head is not ahead of this instance: nothing to do.' : `Went on at serial ${serial}.`);
  });
}
