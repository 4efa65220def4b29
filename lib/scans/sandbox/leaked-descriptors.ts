import { readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Returns the file descriptors above 2 that this process would pass on to a child, e.g. those that it was itself
 * started with: nothing but these three may reach the sandbox. Source: proc_pid_fdinfo(5), O_CLOEXEC of open(2).
 */
export function leakedDescriptors(): number[] {
  const leaked: number[] = [];
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd <= 2) continue;
    try {
      const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) leaked.push(fd);
    } catch {
      // The descriptor of the directory listing itself, closed by now.
    }
  }
  return leaked;
}
