import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/**
 * A mark that tells a process from a later one with the same id: its start time, on Linux with the id of the boot that
 * the time counts from. Null where there is no such process, or no way to ask.
 */
export function startMark(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // proc_pid_stat(5): the name in parentheses may hold anything; field 22, starttime, is the 20th after it.
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
      const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startTime}`;
    }
    if (process.platform === 'win32') return null;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 10_000 }).trim();
  } catch {
    return null;
  }
}

/** True where a process of this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The arguments of a process, or null where this system does not show them. A process that ended has none. */
export function commandLine(pid: number): string[] | null {
  if (process.platform !== 'linux') return null;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}
