import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { createSteps } from '#cli/progress.ts';
import { config } from '#lib/config/config.ts';
import type { Manifest } from '#lib/manifest/index.ts';
import { acquireSnapshot, type SnapshotCoverage } from '#lib/scans/acquire/index.ts';
import { pypiIndexOf } from '#lib/scans/acquire/pip-settings.ts';
import {
  CLIENTS,
  type ClientFile,
  type ConfigEntry,
  clientFiles,
  entryManifest,
  liveManifest,
  readClientConfig,
} from '#lib/scans/client-configs/index.ts';
import { fetchedFacts } from '#lib/scans/facts/fetched-facts.ts';
import { NO_DEFINITIONS } from '#lib/scans/no-definitions.ts';
import type { ReportInput } from '#lib/scans/report/types.ts';
import { detectSandbox } from '#lib/scans/sandbox/index.ts';
import type { ScanFacts } from '#scanners/facts.ts';
import type { PackageCode } from '#scanners/package-code/types.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { makeVisible } from '#scanners/text/excerpt.ts';
import { readInput, UsageFault } from './signing-input.ts';

const CONFIG_MAX_BYTES = 16 * 1024 * 1024;

/** A file with the servers in it. `label` says whose it is, or how it was called. */
export type ConfigFile = { label: string; path: string; entries: ConfigEntry[] };

export type ClientScan = { inputs: ReportInput[]; notes: string[]; isWhole: boolean };

/** The entries of a file that is a client's configuration, or null. Throws UsageFault where it would be one and cannot be read. */
export function configFile(file: string, bytes: Buffer): ConfigFile | null {
  const read = readClientConfig(bytes.toString('utf8'));
  if (read === null || !read.ok) return null;
  return { label: path.basename(file), path: file, entries: read.entries };
}

/** Every client configuration on this machine and in the current directory. `notes` are files that are there and unreadable. */
export function findConfigFiles({ home = homedir(), cwd = process.cwd() } = {}): {
  files: ConfigFile[];
  notes: string[];
} {
  const files: ConfigFile[] = [];
  const notes: string[] = [];
  for (const known of clientFiles({ home, cwd }).filter((file) => existsSync(file.path))) {
    const read = openKnown(known);
    if (typeof read === 'string') notes.push(read);
    else if (read.entries.length > 0) files.push(read);
  }
  return { files, notes };
}

function openKnown({ client, path: file }: ClientFile): ConfigFile | string {
  try {
    const read = readClientConfig(readInput(file, 'configuration', CONFIG_MAX_BYTES).toString('utf8'));
    if (read && !read.ok) return `${file} ${read.reason}. Its servers were not scanned.`;
    return { label: CLIENTS[client], path: file, entries: read?.entries ?? [] };
  } catch (error) {
    if (error instanceof UsageFault) return error.message;
    throw error;
  }
}

/**
 * Scans every server in these files: what its entry says, and, where it is one exact package or a public address, what the server
 * says and what the package's code does. No configured command is started: packages are fetched and run in the sandbox. Secret values are not read into
 * anything that is shown.
 */
export async function scanClients({
  files,
  live,
  signal,
}: {
  files: readonly ConfigFile[];
  live: boolean;
  signal: AbortSignal;
}): Promise<ClientScan> {
  const scan: ClientScan = { inputs: [], notes: [], isWhole: true };
  const look = live ? liveLook(signal) : null;
  for (const { label, path: file, entries } of files) {
    for (const entry of entries) {
      signal.throwIfAborted();
      const name = `${label}: ${makeVisible(entry.name)}`;
      const manifest = entryManifest(entry);
      if (!manifest) {
        scan.isWhole = false;
        scan.notes.push(
          `${file}: ${makeVisible(entry.place)} cannot be read. ${entry.kind === 'unreadable' ? entry.reason : ''}`,
        );
        continue;
      }
      const { coverage, definitions, facts, code, note } = await (look ?? notLooked)(name, manifest, entry);
      if (note !== undefined) scan.notes.push(`${name}: ${note}`);
      const report = scanSnapshot({ manifest, definitions, ...(facts ? { facts } : {}), package: code ?? null });
      scan.inputs.push({ subject: { name, coverage }, report });
    }
  }
  return scan;
}

type Seen = {
  coverage: SnapshotCoverage;
  definitions: typeof NO_DEFINITIONS;
  /** Of a package that was fetched. */
  facts?: ScanFacts;
  code?: PackageCode | null;
  note?: string;
};
type Look = (name: string, manifest: Manifest, entry: ConfigEntry) => Promise<Seen>;

function unseen(reason: string): Seen {
  const no = { covered: false, reason };
  return { coverage: { manifest: { covered: true }, tools: no, package: no, live: no }, definitions: NO_DEFINITIONS };
}

const notLooked: Look = async () => unseen('Running the server was switched off for this scan.');

function liveLook(signal: AbortSignal): Look {
  const sandbox = detectSandbox();
  return async (name, manifest, entry) => {
    if (entry.isDisabled) return unseen('It is switched off in the configuration.');
    const plan = liveManifest(manifest);
    if (!plan.ok) return unseen(plan.reason);
    const steps = createSteps();
    steps.step(`looking at ${name}`);
    const { definitions, coverage, code, packageFacts } = await acquireSnapshot({
      manifest: plan.manifest,
      sandbox: await sandbox,
      pypiIndex: pypiIndexOf(config().HALLMARK_PYPI_URL),
      sources: { pypiUrl: config().HALLMARK_PYPI_URL },
      remotes: {},
      signal,
    });
    if (coverage.live.covered) steps.done(`${name} answered`);
    else steps.fail();
    return {
      coverage,
      definitions: definitions ?? NO_DEFINITIONS,
      facts: fetchedFacts({ manifest, fetched: packageFacts, now: new Date() }),
      code,
      ...(coverage.live.reason === undefined ? {} : { note: coverage.live.reason }),
    };
  };
}
