import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { createAdminSignInLink, ensureAdmin, needsFirstAdmin } from '#lib/auth/create-sign-in-link.ts';
import { sessionSecret } from '#lib/auth/session-secret.ts';
import { loadExamples } from '#lib/catalog/examples/load-examples.ts';
import { reverifySignatures } from '#lib/catalog/reverify-signatures.ts';
import { checkConfiguredRoots, syncConfiguredRoots } from '#lib/catalog/trust-roots.ts';
import { type Config, ConfigError, config } from '#lib/config/config.ts';
import { prepareDataDir } from '#lib/config/data-dir.ts';
import { closeDb } from '#lib/db/db.ts';
import { applyMigrations } from '#lib/db/migrate.ts';
import { openDatabase } from '#lib/db/open-database.ts';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { detectSandbox } from '#lib/scans/sandbox/index.ts';
import { buildApp, isBuilt } from '../build-app.ts';
import { checkListening } from '../check-listening.ts';
import { keepPublicUrl } from '../last-public-url.ts';
import { lockDataDir } from '../lock-data-dir.ts';
import { createSteps, type Steps } from '../progress.ts';
import { reportFailure } from '../report-failure.ts';
import { requireDatabase } from '../require-instance.ts';
import { onStopSignals } from '../stop-signals.ts';
import { type Child, superviseChild } from '../supervise.ts';
import { warnAboutVariables } from '../warn-about-variables.ts';
import { PROJECT_DIR } from './web.ts';

/** `hallmark start`: database, migrations, build, web server and worker on one machine, by `npm start`. */
export function registerStart(program: Command): void {
  program
    .command('start')
    .description('run everything on this machine: database, web server and worker')
    .option('--dev', 'rebuild pages while they are edited')
    .action(async ({ dev = false }: { dev?: boolean }) => {
      const steps = createSteps();
      const cleanups: (() => Promise<void>)[] = [];
      let stopping: Promise<never> | null = null;
      const stop = (code: number) => {
        stopping ??= shutDown(cleanups, code);
        return stopping;
      };
      onStopSignals(() => {
        process.stderr.write('\nStopping. Press Ctrl-C again to end at once.\n');
        void stop(0);
      });
      try {
        await start({ settings: config(), dev, steps, cleanups, onEnd: (code) => void stop(code) });
      } catch (error) {
        if (stopping) return;
        steps.fail();
        reportFailure(error);
        await stop(1);
      }
    });
}

async function start({
  settings,
  dev,
  steps,
  cleanups,
  onEnd,
}: {
  settings: Config;
  dev: boolean;
  steps: Steps;
  cleanups: (() => Promise<void>)[];
  onEnd: (code: number) => void;
}): Promise<void> {
  warnAboutVariables();
  const fault = await checkListening(settings);
  // Where Hallmark itself has the port, its lock of the folder says so better.
  if (fault && !fs.existsSync(settings.dataDir)) throw fault;
  checkConfiguredRoots(settings);
  await requireMasterKeyFile(settings);
  await requireDatabase(settings);
  prepareDataDir(settings.dataDir);
  cleanups.push(lockDataDir(settings.dataDir));
  if (fault) throw fault;

  steps.step('Opening the database');
  const opening = openDatabase(settings, (text) => steps.step(text));
  let hasStarted = false;
  // Known before it is open, for a Ctrl-C meanwhile. Until all runs, queries of this process must not keep the server up.
  cleanups.push(async () => (await opening.catch(() => null))?.stop({ isUrgent: !hasStarted }));
  const database = await opening;
  void database.lost.then(() => {
    process.stderr.write(
      `\nThe embedded PostgreSQL ended, so Hallmark ends too. Its log is ${path.join(settings.dataDir, 'postgres.log')}.\n`,
    );
    onEnd(1);
  });
  steps.step('Applying migrations');
  await applyMigrations({ databaseUrl: database.url, projectDir: PROJECT_DIR });
  cleanups.push(closeDb);

  steps.step('Checking keys and trust roots');
  const masterKey = await instanceMasterKey({ create: true });
  sessionSecret(settings);
  await syncConfiguredRoots(settings);
  // What takes longer goes on in the worker.
  await reverifySignatures({ onProgress: (text) => steps.step(text), maxMs: 20_000 });
  // Before anybody can reach the sign-in page: see ensureAdmin.
  if (await needsFirstAdmin()) await ensureAdmin();

  if (!dev && !isBuilt(PROJECT_DIR)) {
    steps.step('Building the pages (once; about a minute)');
    await buildApp(PROJECT_DIR);
  }

  steps.step('Starting the web server');
  const web = superviseChild({ name: 'web', args: ['web', ...(dev ? ['--dev'] : [])], onGiveUp: () => onEnd(1) });
  cleanups.push(web.stop);
  await ready(web, settings);

  process.env.HALLMARK_JOBS = 'off';
  const examples = settings.HALLMARK_EXAMPLES ? await loadExamples({ onProgress: (text) => steps.step(text) }) : 0;

  steps.step('Starting the worker');
  const worker = superviseChild({ name: 'worker', args: ['worker'], onGiveUp: () => onEnd(1) });
  cleanups.push(worker.stop);
  await worker.listening;
  steps.done();
  await keepPublicUrl(settings);
  await announce({ settings, examples, masterKeyCreated: masterKey.created });
  hasStarted = true;
}

/** A file that the admin names must be there: only the one of the data folder is made. */
async function requireMasterKeyFile({ HALLMARK_MASTER_KEY_FILE: file }: Config): Promise<void> {
  if (!file) return;
  try {
    await instanceMasterKey();
  } catch (error) {
    throw new ConfigError(
      `HALLMARK_MASTER_KEY_FILE names ${file}, which cannot be used: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Waits until the web server answers `/readyz`: what is announced can be clicked. */
async function ready(web: Child, settings: Config): Promise<void> {
  await web.listening;
  const host = settings.HOST === '0.0.0.0' || settings.HOST === '::' ? '127.0.0.1' : settings.HOST;
  const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${settings.PORT}/readyz`);
  if (!response.ok)
    throw Object.assign(new Error(`The web server started but is not ready: ${await response.text()}`), {
      code: 'NOT_READY',
    });
}

async function announce({
  settings,
  examples,
  masterKeyCreated,
}: {
  settings: Config;
  examples: number;
  masterKeyCreated: boolean;
}) {
  const lines = ['', `Hallmark is ready: ${settings.publicUrl}`];
  if (await needsFirstAdmin()) {
    lines.push(
      '',
      'Sign in as admin with this link (works once, for 24 hours):',
      `  ${await createAdminSignInLink(settings, new Date())}`,
    );
  }
  if (examples > 0)
    lines.push('', `${examples} example servers were published; their scans run now and appear within minutes.`);
  if (masterKeyCreated) {
    lines.push('', `Back up ${path.join(settings.dataDir, 'master.key')}: without it no feed can be signed again.`);
  }
  const sandbox = await detectSandbox();
  if (!sandbox.available) lines.push('', `Servers are not run for scans: ${sandbox.reason} ${sandbox.fix}`);
  lines.push('', 'Press Ctrl-C to stop.', '');
  process.stdout.write(lines.join('\n'));
}

/** Last started, first stopped: the database goes when nobody uses it any more. */
async function shutDown(cleanups: (() => Promise<void>)[], code: number): Promise<never> {
  await stopBoss().catch(() => {});
  for (const cleanup of cleanups.reverse()) {
    await cleanup().catch((error) => process.stderr.write(`${error instanceof Error ? error.message : error}\n`));
  }
  process.exit(code);
}
