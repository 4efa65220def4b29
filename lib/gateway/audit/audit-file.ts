import { closeSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

export type AuditFileOptions = {
  path: string;
  /** The file is renamed to `path.1` before it would become longer. */
  maxBytes: number;
  /** How many renamed files stay. */
  keep: number;
  /** Every line is on the disk before the call that it is about goes on. */
  fsync: boolean;
};

/** What a line that cannot be written does: it is counted, and told on standard error once. */
export type AuditFile = { write(line: string): void; close(): void };

/**
 * A log file with rotation by size. Lines are written at once and whole, so that a gateway that is killed has logged
 * what it did. A disk that is full must not stop the gateway from refusing: the failure is told on `stderr`, once
 * until writing succeeds again.
 */
export function auditFile({
  path,
  maxBytes,
  keep,
  fsync,
  warn,
}: AuditFileOptions & { warn: (message: string) => void }): AuditFile {
  let descriptor = openSync(path, 'a', 0o600);
  let size = fstatSync(descriptor).size;
  let lost = 0;

  const rotate = () => {
    closeSync(descriptor);
    rmSync(`${path}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 1; number -= 1) move(`${path}.${number}`, `${path}.${number + 1}`);
    if (keep > 0) move(path, `${path}.1`);
    else rmSync(path, { force: true });
    descriptor = openSync(path, 'a', 0o600);
    size = fstatSync(descriptor).size;
  };

  return {
    write: (line) => {
      const bytes = Buffer.from(line, 'utf8');
      try {
        if (size > 0 && size + bytes.length > maxBytes) rotate();
        writeSync(descriptor, bytes);
        if (fsync) fsyncSync(descriptor);
        size += bytes.length;
        lost = 0;
      } catch (error) {
        lost += 1;
        if (lost === 1)
          warn(`${path} cannot be written (${(error as NodeJS.ErrnoException).code}); its lines are lost.`);
      }
    },
    close: () => closeSync(descriptor),
  };
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
