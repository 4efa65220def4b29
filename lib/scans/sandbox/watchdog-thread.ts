/**
 * The thread that samples every running sandbox. It is a thread of its own so that a busy main thread (a scanner, a
 * large JSON document) never delays the end of a fork bomb. It reads /proc, and kills the first process of the
 * sandbox's process namespace: the kernel then kills all others in it (pid_namespaces(7)).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { isMemoryLow } from './host-memory.ts';
import { type NetworkAttempts, readNetworkAttempts } from './network-attempts.ts';

export type Watch = {
  id: number;
  /** Host process id of the sandbox's first process. */
  pid: number;
  memoryBytes: number;
  processes: number;
  tasks: number;
  /** Milliseconds left. */
  wallMs: number;
};
export type ToWatchdog = { kind: 'watch'; watch: Watch } | { kind: 'release'; id: number };
export type FromWatchdog =
  | { kind: 'usage'; id: number; memoryBytes: number; processes: number }
  | { kind: 'observed'; id: number; network: NetworkAttempts | null; programs: string[] }
  | { kind: 'exceeded'; id: number; limit: 'TOO_MANY_PROCESSES' | 'MEMORY' | 'TIME'; message: string };

const INTERVAL_MS = 50;
/** Samples between two looks at the network's counters, which only grow. */
const NETWORK_EVERY = 4;
/** Names of programs that are remembered. */
const MAX_PROGRAMS = 20;

/** AT_PAGESZ of getauxval(3); 4096 where it cannot be read. */
function readPageSize(): number {
  const AT_PAGESZ = 6n;
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // Not readable: the usual size.
  }
  return 4096;
}
const PAGE_BYTES = readPageSize();

type Watched = Watch & {
  started: string;
  deadline: number;
  peakMemory: number;
  peakProcesses: number;
  samples: number;
  /** As it was told last. */
  told: string;
  programs: Set<string>;
};
type ProcessFacts = {
  pid: number;
  name: string;
  parent: number;
  threads: number;
  started: string;
  residentBytes: number;
};

const watched = new Map<number, Watched>();
let timer: NodeJS.Timeout | undefined;

/** Fields of /proc/pid/stat (proc_pid_stat(5)); the name in parentheses may itself contain spaces and parentheses. */
function readProcess(pid: number): ProcessFacts | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')),
      parent: Number(fields[1]),
      threads: Number(fields[17]),
      started: fields[19] ?? '',
      residentBytes: Number(fields[21]) * PAGE_BYTES,
    };
  } catch {
    return null;
  }
}

function readProcesses(): ProcessFacts[] {
  const all: ProcessFacts[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const facts = readProcess(pid);
    if (facts) all.push(facts);
  }
  return all;
}

/** Everything below `root`: an orphan's parent is the first process of its namespace, so none gets away. */
function descendants(root: number, all: readonly ProcessFacts[]): ProcessFacts[] {
  const children = new Map<number, ProcessFacts[]>();
  for (const facts of all) {
    const siblings = children.get(facts.parent);
    if (siblings) siblings.push(facts);
    else children.set(facts.parent, [facts]);
  }
  const found: ProcessFacts[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      open.push(child.pid);
    }
  }
  return found;
}

function isHostLow(): boolean {
  try {
    return isMemoryLow(readFileSync('/proc/meminfo', 'latin1'));
  } catch {
    return false;
  }
}

function judge(one: Watched, inside: readonly ProcessFacts[], isLow: boolean): FromWatchdog | null {
  const memory = inside.reduce((sum, facts) => sum + facts.residentBytes, 0);
  const threads = inside.reduce((sum, facts) => sum + facts.threads, 0);
  if (memory > one.peakMemory * 1.1 || inside.length > one.peakProcesses) {
    one.peakMemory = Math.max(one.peakMemory, memory);
    one.peakProcesses = Math.max(one.peakProcesses, inside.length);
    send({ kind: 'usage', id: one.id, memoryBytes: one.peakMemory, processes: one.peakProcesses });
  }
  const exceeded = (limit: 'TOO_MANY_PROCESSES' | 'MEMORY' | 'TIME', message: string): FromWatchdog => ({
    kind: 'exceeded',
    id: one.id,
    limit,
    message,
  });
  if (inside.length > one.processes) {
    return exceeded('TOO_MANY_PROCESSES', `More than ${one.processes} processes ran at once.`);
  }
  if (threads >= one.tasks) {
    return exceeded('TOO_MANY_PROCESSES', `Processes and threads together reached the limit of ${one.tasks}.`);
  }
  if (memory > one.memoryBytes) {
    return exceeded('MEMORY', `More than ${Math.round(one.memoryBytes / 1048576)} MiB of memory were in use.`);
  }
  if (isLow) return exceeded('MEMORY', 'The machine ran low on memory while it ran.');
  if (performance.now() > one.deadline) return exceeded('TIME', 'The time limit of the sandbox was reached.');
  return null;
}

/** Tells what is new about what the command does: the programs that it starts, its way to the network. */
function observe(one: Watched, inside: readonly ProcessFacts[]): void {
  for (const { name } of inside) if (one.programs.size < MAX_PROGRAMS) one.programs.add(name);
  one.samples += 1;
  if (one.samples % NETWORK_EVERY !== 1) return;
  const network = readNetworkAttempts(one.pid);
  const programs = [...one.programs].sort();
  const told = JSON.stringify([network, programs]);
  if (told === one.told) return;
  one.told = told;
  send({ kind: 'observed', id: one.id, network, programs });
}

function send(message: FromWatchdog): void {
  parentPort?.postMessage(message);
}

function sample(): void {
  const all = readProcesses();
  const isLow = isHostLow();
  for (const one of watched.values()) {
    // A process id that now starts at another time belongs to someone else.
    const first = all.find((facts) => facts.pid === one.pid);
    if (first?.started !== one.started) {
      watched.delete(one.id);
      continue;
    }
    const inside = descendants(one.pid, all);
    observe(one, inside);
    const verdict = judge(one, inside, isLow);
    if (!verdict) continue;
    watched.delete(one.id);
    send(verdict);
    try {
      process.kill(one.pid, 'SIGKILL');
    } catch {
      // Gone between the look and the kill.
    }
  }
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

parentPort?.on('message', (message: ToWatchdog) => {
  if (message.kind === 'release') {
    watched.delete(message.id);
    return;
  }
  const { watch } = message;
  const started = readProcess(watch.pid)?.started;
  if (started === undefined) return;
  watched.set(watch.id, {
    ...watch,
    started,
    deadline: performance.now() + watch.wallMs,
    peakMemory: 0,
    peakProcesses: 0,
    samples: 0,
    told: '',
    programs: new Set(),
  });
  timer ??= setInterval(sample, INTERVAL_MS);
});
