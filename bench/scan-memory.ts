/**
 * `node bench/scan-memory.ts [npm:name@version …]`: what a whole scan with a live run takes in time and memory, from the
 * fetching of the package to the report. Memory is that of the scanning process and of everything it starts, the sandbox
 * included, read every 50 ms: proportional (a shared page is divided among who shares it) and resident (it counts for each).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const INTERVAL_MS = 50;
const DEFAULTS = [
  'npm:@modelcontextprotocol/server-everything@2026.8.31',
  'npm:@notionhq/notion-mcp-server@2.5.2',
  'npm:@playwright/mcp@0.0.83',
];
const cli = path.resolve(import.meta.dirname, '../cli/hallmark.mjs');
const given = process.argv.slice(2);

type Peak = { proportional: number; resident: number };

/** What a process is, told from its command line. */
function roleOf(pid: string): string {
  try {
    const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const script = words.slice(1).find((word) => /\.[cm]?[jt]s$/.test(word));
    return path.basename((/node$/.test(words[0] ?? '') ? script : undefined) ?? words[0] ?? '') || 'starting';
  } catch {
    return 'ended';
  }
}

/** KiB of one process; null where it is gone. */
function memoryOf(pid: string): Peak | null {
  try {
    const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
    return { proportional: kib('Pss'), resident: kib('Rss') };
  } catch {
    return null;
  }
}

/** `root` and everything below it. */
function treeOf(root: string): string[] {
  const children = new Map<string, string[]>();
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
      const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    } catch {
      // Ended between the list and the look.
    }
  }
  const found: string[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** `parts` is who had how much at the peak. */
type Measured = Peak & { seconds: number; code: number | null; said: string; parts: string[] };

function measure(target: string): Promise<Measured> {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, [cli, 'scan', target, '--format', 'json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const peak = { proportional: 0, resident: 0 };
    let said = '';
    let parts: string[] = [];
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    const timer = setInterval(() => {
      const all = treeOf(String(child.pid)).flatMap((pid) => {
        const memory = memoryOf(pid);
        return memory ? [{ pid, ...memory }] : [];
      });
      const sum = (key: keyof Peak) => all.reduce((total, one) => total + one[key], 0);
      if (sum('proportional') > peak.proportional) {
        peak.proportional = sum('proportional');
        parts = all.map(({ pid, proportional }) => `${roleOf(pid)} ${mib(proportional)}`);
      }
      peak.resident = Math.max(peak.resident, sum('resident'));
    }, INTERVAL_MS);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ ...peak, seconds: (performance.now() - started) / 1000, code, said, parts });
    });
  });
}

const mib = (kib: number) => `${Math.round(kib / 1024)} MiB`;

for (const target of given.length > 0 ? given : DEFAULTS) {
  const { proportional, resident, seconds, code, said, parts } = await measure(target);
  const live = /"live":\s*\{\s*"covered":\s*true/.test(said) ? 'answered' : 'did not answer';
  console.log(
    `${target}: ${seconds.toFixed(1)} s, ${mib(proportional)} proportional, ${mib(resident)} resident, ${live}, exit ${code}`,
  );
  console.log(`  at the peak: ${parts.join(', ')}`);
}
