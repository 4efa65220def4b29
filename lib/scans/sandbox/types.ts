import type { NetworkAttempts } from './network-attempts.ts';
import type { SandboxTrace } from './trace-reader.ts';

/** A host path shown read-only inside the sandbox. Paths are absolute. */
export type ReadOnlyMount = { source: string; target: string };

/** A file system of its own, e.g. of an image, instead of the host's programs. Nothing in it can be changed but `volumes`. */
export type SandboxRoot = {
  /** Host path of the directory. It has every mount point: see `ROOT_MOUNT_POINTS`. */
  dir: string;
  /** PATH inside. */
  path?: string;
  /** Folders that are empty and writable. */
  volumes?: readonly string[];
};

export type SandboxLimits = {
  /** Wall time in milliseconds, after which everything inside is killed. */
  wallMs: number;
  /** Resident memory of all processes inside together, in bytes. Sampled every 50 ms; shared pages count for each process. */
  memoryBytes: number;
  /**
   * RLIMIT_DATA of each process, in bytes. Not RLIMIT_AS: V8 reserves far more address space than it uses. Even
   * here every V8 isolate (the main one and each worker thread) counts about 550 MB before it allocates anything, so
   * this is the backstop for a stalled sampler, not the memory limit.
   */
  dataBytesPerProcess: number;
  /** Processes (thread groups) inside, sampled. */
  processes: number;
  /** RLIMIT_NPROC: processes and threads together. The kernel refuses the next one. */
  tasks: number;
  stdoutBytes: number;
  stderrBytes: number;
  openFiles: number;
  /** RLIMIT_FSIZE: the largest single file, in bytes. */
  fileBytes: number;
  /** Size of each writable tmpfs (/tmp and the home directory), in bytes. */
  tmpBytes: number;
  /** RLIMIT_CPU of each process, in seconds. */
  cpuSeconds: number;
};

const MIB = 1024 * 1024;

export const DEFAULT_SANDBOX_LIMITS: SandboxLimits = {
  wallMs: 60_000,
  memoryBytes: 512 * MIB,
  dataBytesPerProcess: 6144 * MIB,
  processes: 48,
  tasks: 256,
  stdoutBytes: 32 * MIB,
  stderrBytes: 4 * MIB,
  // What Linux gives a process by default; servers read hundreds of files at once when they start.
  openFiles: 1024,
  fileBytes: 32 * MIB,
  tmpBytes: 64 * MIB,
  cpuSeconds: 60,
};

/**
 * How the sandbox gets its privileges.
 * - `user-namespace`: bubblewrap makes a user namespace; for root it is started as nobody, so that no process of the
 *   sandbox carries the host's root id.
 * - `root`: bubblewrap sets up the mounts as root without a user namespace, then setpriv drops to an id of its own.
 */
export type SandboxMode = 'user-namespace' | 'root';

export type AvailableSandbox = {
  available: true;
  kind: 'bubblewrap';
  version: string;
  path: string;
  mode: SandboxMode;
  /** Whether system calls can be logged; absent: nobody looked. */
  tracing?: Tracing;
};

/** strace, or why what a server does is only counted and sampled. */
export type Tracing = { available: true; path: string; version: string } | { available: false; reason: string };

export type UnavailableSandbox = { available: false; code: SandboxUnavailableCode; reason: string; fix: string };
export type SandboxAvailability = AvailableSandbox | UnavailableSandbox;

/** Why there is no sandbox. */
export const SANDBOX_UNAVAILABLE_CODES = [
  'NOT_LINUX',
  'UNSUPPORTED_PROCESSOR',
  'BUBBLEWRAP_MISSING',
  'NAMESPACES_CLOSED',
  'SANDBOX_BROKEN',
] as const;
export type SandboxUnavailableCode = (typeof SANDBOX_UNAVAILABLE_CODES)[number];

/** Limits that end a sandbox by force, in the order in which they are checked. */
export const SANDBOX_LIMIT_CODES = ['OUTPUT_FLOOD', 'TOO_MANY_PROCESSES', 'MEMORY', 'TIME'] as const;
export type SandboxLimitCode = (typeof SANDBOX_LIMIT_CODES)[number];

export type SandboxUsage = {
  peakMemoryBytes: number;
  peakProcesses: number;
  stdoutBytes: number;
  stderrBytes: number;
};

/** What was seen of what a sandboxed command did; null where it could not be read. */
export type SandboxObservation = {
  network: NetworkAttempts | null;
  /** Names of the programs that ran beside the command's own first one, sampled: what ran for less than 50 ms may be missing. */
  programs: string[];
  /** Its system calls, where they were logged. */
  trace: SandboxTrace | null;
};

/** How a sandbox ended; `exited` is the command's own end, `stopped` is ours, `limit` is a broken limit. */
export type SandboxEnd = { usage: SandboxUsage; observed: SandboxObservation; stderrTail: string } & (
  | { kind: 'exited'; exitCode: number | null; signal: string | null }
  | { kind: 'stopped' }
  | { kind: 'limit'; limit: SandboxLimitCode; message: string }
);
