import fs from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { ExportFormat } from '#lib/audit/export/export-events.ts';
import type { ExportVerdict } from '#lib/audit/export/verify-export.ts';
import { shown } from '../shown.ts';
import { exitOnUsageFaults } from './feed-input.ts';

/** 0: it holds; 1: it does not; 2: wrong use. */
const EXIT = { refused: 1, usage: 2 };

type Which = { org?: string; instance?: boolean };
type ExportOptions = Which & { format: string; from?: string; to?: string; kind?: string; out?: string };
type VerifyOptions = Which & { head?: string; part?: boolean; json?: boolean };

const print = (text: string) => process.stdout.write(`${text}\n`);

/** `hallmark audit`: the record of what happened, out of the instance and checked without it. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('export the audit events of an organization and verify them');
  exitOnUsageFaults(audit.command('export'))
    .description('write the events of an organization, or of the instance, as JSONL (verifiable) or CSV')
    .option('--org <slug>', 'of this organization')
    .option('--instance', "the instance's own events")
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .option('--from <time>', 'events from this time on, e.g. 2026-11-01 or 2026-11-01T12:00:00Z')
    .option('--to <time>', 'events before this time')
    .option('--kind <kind>', 'a kind, or a family such as "allowlist.*"')
    .option('--out <file>', 'where to write; standard output unless given')
    .action(runExport);
  exitOnUsageFaults(audit.command('verify'))
    .description('check an export without a database, or with --org or --instance the stored events')
    .argument('[file]', 'an export in JSONL; - for standard input')
    .option(
      '--head <hash or file>',
      'the hash that was noted before, from the audit page or a webhook; or head.json from the state folder of a gateway',
    )
    .option('--part', 'the export begins later than the chain, as one with --from does')
    .option('--org <slug>', 'the stored events of this organization')
    .option('--instance', "the instance's own stored events")
    .option('--json', 'print the result as JSON')
    .action(runVerify);
}

async function runExport(options: ExportOptions, command: Command): Promise<void> {
  requireOne(options, command);
  const [from, to] = [timeOf('--from', options.from, command), timeOf('--to', options.to, command)];
  const { kind } = options;
  const format = formatOf(options.format, command);
  if (kind !== undefined && !/^[a-z-]+\.(\*|[a-z-]+)$/.test(kind)) {
    fail(command, `${shown(kind)} is no kind of events; it looks like allowlist.revoked or "allowlist.*".`);
  }
  const { withDatabase } = await import('../with-database.ts');
  const { exportEvents } = await import('#lib/audit/export/export-events.ts');
  await withDatabase(async () => {
    const { chain, slug } = await chainOf(options);
    const actor = { type: 'system', name: 'hallmark audit export' } as const;
    const { lines, head } = await exportEvents({ chain, org: slug, format, from, to, kind, actor, now: new Date() });
    const written = options.out
      ? pipeline(Readable.from(lines), fs.createWriteStream(options.out, { mode: 0o600 }))
      : pipeline(Readable.from(lines), process.stdout, { end: false });
    await written.catch((error) => {
      // `… | head` has read enough.
      if (options.out || error.code !== 'EPIPE') throw error;
    });
    process.stderr.write(`The newest event is ${head.seq}. Note its hash down: ${head.hash}\n`);
  });
}

async function runVerify(file: string | undefined, options: VerifyOptions, command: Command): Promise<void> {
  if (options.head !== undefined) options.head = await hashOf(options.head, command);
  if (file === undefined) return verifyStored(options, command);
  if (options.org || options.instance) fail(command, 'Give a file, or --org or --instance, not both.');
  if (file !== '-' && !fs.existsSync(file)) fail(command, `There is no file ${shown(file)}.`);
  const { verifyExport } = await import('#lib/audit/export/verify-export.ts');
  const { readLines } = await import('#lib/audit/export/read-lines.ts');
  const input = file === '-' ? process.stdin : fs.createReadStream(file);
  const verdict = await verifyExport(readLines(input), { head: options.head ?? null, isPart: options.part ?? false });
  if (!verdict.ok) process.exitCode = EXIT.refused;
  if (options.json) print(JSON.stringify(verdict, null, 2));
  else reportExport(verdict);
}

/** A hash as it was noted, or as the head of a feed names it: a gateway has verified the head before it kept it. */
async function hashOf(head: string, command: Command): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(head)) return head;
  if (!fs.existsSync(head)) {
    return fail(command, '--head is the 64 hex digits of a hash, in lower case, or the head of a feed in a file.');
  }
  const { parseEnvelope, parseHead, parseJson } = await import('#lib/feed/parse-documents.ts');
  try {
    const { payload } = parseEnvelope(parseJson(fs.readFileSync(head), shown(head)));
    const { audit } = parseHead(Buffer.from(payload, 'base64'));
    if (audit) return audit.hash;
  } catch (error) {
    return fail(command, `${shown(head)} is no head of a feed. ${shown((error as Error).message)}`);
  }
  return fail(command, `${shown(head)} names no audit event: it was published before heads did.`);
}

function reportExport({ ok, fault, org, events, last, warnings }: ExportVerdict): void {
  const whose = org === null ? 'the instance' : shown(org);
  if (!ok) {
    const place = fault!.line === null ? '' : ` (line ${fault!.line})`;
    print(`Not verified: ${fault!.code}${place}. ${shown(fault!.message)}`);
    return;
  }
  print(`Verified: ${events} events of ${whose}, up to event ${last!.seq} with the hash ${last!.hash}.`);
  for (const warning of warnings) print(`Note: ${shown(warning)}`);
}

async function verifyStored(options: VerifyOptions, command: Command): Promise<void> {
  requireOne(options, command);
  const { withDatabase } = await import('../with-database.ts');
  const { verifyChain } = await import('#lib/audit/verify-chain.ts');
  const { db } = await import('#lib/db/db.ts');
  await withDatabase(async () => {
    const { chain } = await chainOf(options);
    const state = await verifyChain(chain, { now: new Date() });
    const isHeadThere =
      options.head === undefined ||
      state.head.hash === options.head ||
      (await db().auditEvent.count({ where: { chain, hash: options.head } })) > 0;
    if (state.broken || !isHeadThere) process.exitCode = EXIT.refused;
    if (options.json) print(JSON.stringify({ ok: !state.broken && isHeadThere, ...state, isHeadThere }, null, 2));
    else if (state.broken) print(`Not verified: ${state.broken.message}.`);
    else if (!isHeadThere) print('Not verified: no stored event has the hash that was noted.');
    else print(`Verified: events ${state.from} to ${state.head.seq}, with the hash ${state.head.hash}.`);
  });
}

async function chainOf({ org }: Which): Promise<{ chain: string; slug: string | null }> {
  if (org === undefined) return { chain: 'instance', slug: null };
  const { db } = await import('#lib/db/db.ts');
  const row = await db().org.findUnique({ where: { slug: org }, select: { id: true } });
  if (row) return { chain: row.id, slug: org };
  throw Object.assign(new Error(`There is no organization "${shown(org)}" on this instance.`), { code: 'NOT_FOUND' });
}

function requireOne({ org, instance }: Which, command: Command): void {
  if ((org === undefined) === !instance) fail(command, 'Name one: a file to verify, --org <slug>, or --instance.');
}

function formatOf(text: string, command: Command): ExportFormat {
  return text === 'jsonl' || text === 'csv' ? text : fail(command, `--format is jsonl or csv, not ${shown(text)}.`);
}

function timeOf(option: string, text: string | undefined, command: Command): Date | null {
  if (text === undefined) return null;
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? new Date(text) : null;
  if (time && !Number.isNaN(time.getTime())) return time;
  return fail(command, `${option} ${shown(text)} is no time such as 2026-11-01 or 2026-11-01T12:00:00Z.`);
}

function fail(command: Command, message: string): never {
  return command.error(message, { exitCode: EXIT.usage });
}
