/** Share of the machine's memory that must stay available while sandboxes run. */
const RESERVE = 0.05;

/**
 * Whether a `/proc/meminfo` (proc_meminfo(5)) says that the machine runs low. The guard behind the limits of a sandbox:
 * memory that the kernel holds for it (inodes of empty files, socket buffers) is charged to no process. False where the
 * numbers cannot be read.
 */
export function isMemoryLow(meminfo: string): boolean {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? Number.NaN);
  return kib('MemAvailable') < kib('MemTotal') * RESERVE;
}
