import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SAME_SIGNAL_MS } from '#cli/stop-signals.ts';

const MODULE = path.resolve(import.meta.dirname, '../../cli/stop-signals.ts');
/** Takes two seconds to stop in order, and ends with code 7 then. */
const PROGRAM = `
  import { onStopSignals } from ${JSON.stringify(MODULE)};
  const alive = setInterval(() => {}, 1000);
  onStopSignals((signal) => {
    process.stdout.write(signal + '\\n');
    setTimeout(() => process.exit(7), 2000);
  });
  process.stdout.write('ready\\n');
`;

async function program() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await expect.poll(() => output, { timeout: 20_000 }).toContain('ready');
  return { child, output: () => output, ended: once(child, 'exit') };
}

describe('signals to stop', () => {
  it('take a Ctrl-C that arrives three times at once as one', async () => {
    const { child, output, ended } = await program();
    child.kill('SIGINT');
    await expect.poll(output, { timeout: 10_000 }).toContain('SIGINT');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await ended).toEqual([7, null]);
    expect(output()).toBe('ready\nSIGINT\n');
  });

  it('end the process at once when a person asks again', async () => {
    const { child, output, ended } = await program();
    child.kill('SIGTERM');
    await expect.poll(output, { timeout: 10_000 }).toContain('SIGTERM');
    await wait(SAME_SIGNAL_MS + 100);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
  });
});
