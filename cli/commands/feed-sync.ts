import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import {
  type EXPORT_CLIENTS,
  type ExportClientId,
  type ExportOptions,
  exportClient,
  isExportClient,
  type RenderedExport,
  renderExport,
} from '#lib/exports/index.ts';
import {
  type AllowlistDocument,
  defaultStateDir,
  FeedError,
  type FeedTrust,
  loadAcceptedFeed,
  pullFeed,
  type RevocationsDocument,
  staleDecision,
  writeAtomically,
} from '#lib/feed/client/index.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { exitOnUsageFaults, FEED_EXIT, readToken, readTrust, usageFault } from './feed-input.ts';

/** Exit codes of `hallmark feed sync` beside those of `hallmark feed`. */
export const SYNC_EXIT = {
  ...FEED_EXIT,
  /** With --check: the file is not what the feed says. */
  differs: 4,
} as const;

/** Clients run as other users than the job that writes their file. */
const READABLE = 0o644;

type SyncFlags = {
  trust: string;
  tokenFile?: string;
  client: string;
  out?: string;
  state?: string;
  team?: string;
  group?: string;
  environment?: string;
  askAs?: string;
  windows?: boolean;
  registryUrl?: string;
  failClosed?: boolean;
  check?: boolean;
  json?: boolean;
};

type Outcome = {
  /** What the file should be; null when the file that is there stays. */
  rendered: RenderedExport | null;
  serial: number | null;
  /** Why the feed's present list is not what is written. */
  problem: { code: string; message: string } | null;
};

/** `hallmark feed sync`: a client's own file of what is allowed, kept true by cron or CI. */
export function registerFeedSync(feed: Command): void {
  exitOnUsageFaults(feed.command('sync'))
    .description("verify the feed and write what it allows as a client's own file, only when that changes it")
    .requiredOption('--trust <file>', "feed-trust.json from the organization's feed page")
    .requiredOption('--client <id>', 'for which client: vscode, copilot, claude-code, … (see docs/clients.md)')
    .option('--token-file <file>', 'file with a gateway token, for a trust file whose address has no key')
    .option('--out <file>', 'where to write; the whole file is replaced (default: the name that the client gives it)')
    .option('--state <dir>', 'where to remember what was accepted (default: a folder below ~/.hallmark/feed)')
    .option('--team <slug>', 'only what the organization allows to this team')
    .option('--group <slug>', 'only what the organization allows to this group of agents')
    .option('--environment <name>', 'also what is allowed in this environment only')
    .option(
      '--ask-as <decision>',
      'tools that a person has to agree to, where the client cannot ask: deny or allow',
      'deny',
    )
    .option('--windows', 'also the forms that start a command through cmd /c')
    .option('--registry-url <url>', "the organization's registry view, for clients that take one")
    .option(
      '--fail-closed',
      'write the form that allows nothing when the feed wants nothing used, or none was ever accepted',
    )
    .option('--check', 'write nothing; end with 4 when the file is not what the feed says')
    .option('--json', 'print the result as JSON')
    .action(sync);
}

async function sync(flags: SyncFlags, command: Command): Promise<void> {
  const { client, askAs } = flags;
  if (!isExportClient(client))
    return usageFault(command, `--client ${client}: there is no such client; see docs/clients.md.`);
  if (askAs !== 'deny' && askAs !== 'allow') return usageFault(command, `--ask-as ${askAs}: give deny or allow.`);
  const trust = await readTrust(flags.trust, command);
  const token = await readToken(flags.tokenFile, command);
  const out = path.resolve(flags.out ?? exportClient(client).file);
  const now = new Date();
  const { team, group, environment, windows, registryUrl } = flags;
  const options: ExportOptions = {
    now,
    askAs,
    ...(team === undefined ? {} : { team }),
    ...(group === undefined ? {} : { group }),
    ...(environment === undefined ? {} : { environment }),
    ...(windows ? { windows } : {}),
    ...(registryUrl === undefined ? {} : { registryUrl }),
  };
  const stateDir = flags.state ?? defaultStateDir(trust);
  const isFailClosed = flags.failClosed === true;
  const outcome = await outcomeOf({ trust, token, stateDir, client, options, isFailClosed, now });
  const before = await readFile(out).catch(() => null);
  const differs = outcome.rendered !== null && !before?.equals(Buffer.from(outcome.rendered.text, 'utf8'));
  if (differs && !flags.check) await write(out, outcome.rendered!.text, command);
  report({ flags, out, outcome, differs });
  if (outcome.problem) {
    process.exitCode = outcome.problem.code === 'FEED_UNREACHABLE' ? SYNC_EXIT.unreachable : SYNC_EXIT.refused;
  } else if (flags.check && differs) process.exitCode = SYNC_EXIT.differs;
}

/** What the file should be, from the feed as it is now, or from what its failure means. */
async function outcomeOf({
  trust,
  token,
  stateDir,
  client,
  options,
  isFailClosed,
  now,
}: {
  trust: FeedTrust;
  token: string | undefined;
  stateDir: string;
  client: ExportClientId;
  options: ExportOptions;
  isFailClosed: boolean;
  now: Date;
}): Promise<Outcome> {
  try {
    const { allowlist, revocations, head } = await pullFeed({ trust, stateDir, token, now });
    return { rendered: renderExport({ client, allowlist, revocations, options }), serial: head.serial, problem: null };
  } catch (error) {
    if (!(error instanceof FeedError || error instanceof DomainError)) throw error;
    const problem = { code: error.code, message: error.message };
    const accepted = await loadAcceptedFeed({ trust, stateDir, now }).catch(() => null);
    const serial = accepted?.head.serial ?? null;
    const { serve } = staleDecision({
      freshUntil: accepted?.freshUntil ?? null,
      onStale: accepted?.allowlist.onStale ?? 'deny',
      graceSeconds: accepted?.allowlist.graceSeconds ?? 0,
      session: 'new',
      now,
    });
    // A team or group that the list does not have may use nothing, however fresh the list is.
    const isClosed = isFailClosed && (!serve || error instanceof DomainError);
    return { rendered: isClosed ? renderNothing(client, trust.org) : null, serial, problem };
  }
}

/** The client's form of "nothing is allowed". */
function renderNothing(client: ExportClientId, org: string): RenderedExport {
  const header = { v: 1 as const, org, epoch: 1, serial: 0, generatedAt: new Date(0).toISOString() };
  const allowlist: AllowlistDocument = {
    ...header,
    mode: 'lockdown',
    default: 'deny',
    onStale: 'deny',
    graceSeconds: 0,
    servers: [],
  };
  const revocations: RevocationsDocument = { ...header, revocations: [] };
  return renderExport({ client, allowlist, revocations });
}

async function write(out: string, text: string, command: Command): Promise<void> {
  try {
    await writeAtomically(out, text, READABLE);
  } catch (error) {
    usageFault(command, `${out} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function report({
  flags: { json, check, client },
  out,
  outcome: { rendered, serial, problem },
  differs,
}: {
  flags: SyncFlags;
  out: string;
  outcome: Outcome;
  differs: boolean;
}): void {
  const wasWritten = differs && !check;
  if (json) {
    const { notes = [], counts = null } = rendered ?? {};
    const result = { ok: problem === null, client, out, serial, differs, written: wasWritten, problem, counts, notes };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  for (const { severity, text } of rendered?.notes ?? []) {
    if (severity !== 'info') process.stderr.write(`${severity === 'warning' ? 'Warning' : 'Left out'}: ${text}\n`);
  }
  if (problem) {
    const done = rendered ? `${out} now allows nothing.` : `${out} stays as it is.`;
    process.stderr.write(`The feed is not accepted (${problem.code}). ${problem.message} ${done}\n`);
    return;
  }
  const what = !differs ? 'is up to date' : check ? 'is not what the feed says' : 'was written';
  process.stdout.write(`${out} ${what}: ${titleOf(client)}, serial ${serial}.\n`);
}

const titleOf = (client: string) => exportClient(client as keyof typeof EXPORT_CLIENTS).title;
