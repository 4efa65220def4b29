import path from 'node:path';
import type { Command } from 'commander';
import { defaultStateDir, FeedError, type PulledFeed, pullFeed, writeAtomically } from '#lib/feed/client/index.ts';
import { registerFeedArchive } from './feed-archive.ts';
import { exitOnUsageFaults, FEED_EXIT, readToken, readTrust } from './feed-input.ts';
import { registerFeedSync } from './feed-sync.ts';

/** The documents are signed, not secret; other users' gateways read them. */
const READABLE = 0o644;

type PullOptions = {
  trust: string;
  state?: string;
  out: string;
  outRevocations?: string;
  archive?: string;
  tokenFile?: string;
  json?: boolean;
};

/** `hallmark feed pull`: exit code 0 when the feed verifies, 1 when not, 2 on wrong use, 3 when it cannot be reached. */
export function registerFeed(program: Command): void {
  const feed = program.command('feed').description("read an organization's signed feed");
  exitOnUsageFaults(feed.command('pull'))
    .description('fetch the allowlist, check signed head and TUF repository, and write it only if both agree')
    .requiredOption('--trust <file>', "feed-trust.json from the organization's feed page")
    .option('--state <dir>', 'where to remember what was accepted (default: a folder below ~/.hallmark/feed)')
    .option('--out <file>', 'where to write the allowlist', 'allowlist.json')
    .option('--out-revocations <file>', 'where to write the revocations, which win over the allowlist')
    .option('--archive <file>', 'read an archive of `hallmark feed export` in place of the network')
    .option('--token-file <file>', 'file with a gateway token, for a trust file whose address has no key')
    .option('--json', 'print the result as JSON')
    .action(pull);
  registerFeedSync(feed);
  registerFeedArchive(feed);
}

async function pull(options: PullOptions, command: Command): Promise<void> {
  const trust = await readTrust(options.trust, command);
  const stateDir = options.state ?? defaultStateDir(trust);
  try {
    const pulled = await pullFeed({
      trust,
      stateDir,
      archive: options.archive,
      token: await readToken(options.tokenFile, command),
    });
    await writeAtomically(path.resolve(options.out), pulled.allowlistBytes, READABLE);
    if (options.outRevocations) {
      await writeAtomically(path.resolve(options.outRevocations), pulled.revocationsBytes, READABLE);
    }
    report(pulled, options);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    const { code, message } = error;
    if (options.json) process.stdout.write(`${JSON.stringify({ ok: false, org: trust.org, code, message })}\n`);
    else process.stderr.write(`The feed of ${trust.org} is not accepted (${code}). ${message}\n`);
    process.exitCode = code === 'FEED_UNREACHABLE' ? FEED_EXIT.unreachable : FEED_EXIT.refused;
  }
}

function report({ head, allowlist, revocations, changed, warnings }: PulledFeed, { json, out }: PullOptions): void {
  const { org, epoch, serial, expires, body, revocations: revoked } = head;
  if (json) {
    const result = {
      ok: true,
      org,
      epoch,
      serial,
      expires,
      changed,
      mode: allowlist.mode,
      servers: allowlist.servers.length,
      revocations: revocations.revocations.length,
      allowlistSha256: body.sha256,
      revocationsSha256: revoked.sha256,
      out,
      warnings,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  for (const { message } of warnings) process.stderr.write(`Warning: ${message}\n`);
  const servers = `${allowlist.servers.length} ${allowlist.servers.length === 1 ? 'server' : 'servers'}`;
  process.stdout.write(
    [
      `The feed of ${org} verifies: signed head and TUF repository give the same allowlist.`,
      `Serial ${serial}, epoch ${epoch}, ${changed ? 'new since the last time' : 'unchanged'}; ${allowlist.mode === 'lockdown' ? 'LOCKDOWN: nothing is allowed' : servers}, ${revocations.revocations.length} revoked; good until ${expires}.`,
      `sha256 ${body.sha256}`,
      `Written to ${out}.`,
      '',
    ].join('\n'),
  );
}
