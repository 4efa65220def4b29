import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** A server that cannot run here. Code `EMBEDDED_POSTGRES`. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code = 'EMBEDDED_POSTGRES';
}

type Binaries = { postgres: string; initdb: string };

/** Server programs of this machine's package. Throws `EMBEDDED_POSTGRES` where there is none. */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const found = (await import(name)) as Binaries;
    for (const file of [found.postgres, found.initdb]) {
      if ((fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755);
    }
    return found;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}). Set DATABASE_URL to a PostgreSQL server of your own, e.g. postgresql://user:password@localhost:5432/hallmark.`,
      { cause },
    );
  }
}

/**
 * What goes before a server program. PostgreSQL refuses to run as root: with `unshare` root becomes an ordinary user id
 * inside a user namespace, and files stay root's. With `endsWithUs`, `setpriv --pdeathsig INT` makes the program end
 * when this process does, however that goes.
 */
export function launchPrefix({ endsWithUs }: { endsWithUs: boolean }): string[] {
  if (process.platform !== 'linux') return [];
  const works = (argv: string[]) => {
    try {
      execFileSync(argv[0]!, [...argv.slice(1), 'true'], { stdio: 'ignore', timeout: 10_000 });
      return true;
    } catch {
      return false;
    }
  };
  const signalled = ['setpriv', '--pdeathsig', 'INT'];
  const deathSignal = endsWithUs && works(signalled) ? signalled : [];
  if (process.getuid?.() !== 0) return deathSignal;
  const asUser = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  if (works(asUser)) return [...asUser, ...deathSignal];
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and this machine does not let root enter a user namespace (`unshare --user` failed). Start Hallmark as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

/** The server needs none of our secrets. */
export const serverEnvironment = () =>
  ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }) as unknown as NodeJS.ProcessEnv;
