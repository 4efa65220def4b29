// Hallmark's code is TypeScript that Node runs as it is, from 24 on. An older Node only starts the newer one that came
// with `npm ci`, so that a command works whatever Node a machine has.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Runs a TypeScript module as the main program: here, or in the Node 24 that came with the dependencies. */
export async function runMain(url) {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    await import(url.href);
    return;
  }
  const require = createRequire(import.meta.url);
  const node = path.join(
    path.dirname(require.resolve('node/package.json')),
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  const child = spawn(node, [fileURLToPath(url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C in a terminal reaches both processes, so the child may get SIGINT twice within milliseconds; it takes that as
  // one (stop-signals.ts). Without this, `kill -INT` of this process would stop nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Node 24 could not be started (${error.message}). Run \`npm ci\` in the Hallmark folder.\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : (code ?? 1)));
}
