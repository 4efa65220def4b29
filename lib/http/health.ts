import { db } from '#lib/db/db.ts';
import { missingMigrations } from '#lib/db/pending-migrations.ts';
import { instanceMasterKey } from '#lib/feed/store/keys.ts';

const NO_STORE = { 'cache-control': 'no-store' };
/** Anyone may ask; the database is asked once in this time, however many do. */
const READINESS_AGE_MS = 1000;

type Readiness = { isReady: boolean; checks: Record<string, string> };

/** Answers `/healthz` (the process runs) and `/readyz` (database, migrations, signing keys); null for any other path. */
export async function handleHealth(request: Request): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (pathname === '/healthz') return Response.json({ status: 'ok' }, { headers: NO_STORE });
  if (pathname !== '/readyz') return null;
  const { isReady, checks } = await readiness();
  return Response.json(
    { status: isReady ? 'ready' : 'not ready', checks },
    { status: isReady ? 200 : 503, headers: NO_STORE },
  );
}

let latest: Promise<Readiness> | null = null;

/** The checks' answer, at most READINESS_AGE_MS old. Requests that come while it is made share it. */
function readiness(): Promise<Readiness> {
  if (latest) return latest;
  const answer = runChecks();
  latest = answer;
  void answer.then(() => {
    setTimeout(() => {
      latest = null;
    }, READINESS_AGE_MS).unref();
  });
  return answer;
}

async function runChecks(): Promise<Readiness> {
  const checks = Object.fromEntries(
    await Promise.all(Object.entries(CHECKS).map(async ([name, check]) => [name, await outcome(check)])),
  );
  return { isReady: Object.values(checks).every((check) => check === 'ok'), checks };
}

/** Each throws a sentence for the operator. */
const CHECKS: Record<string, () => Promise<void>> = {
  database: async () => {
    await db().$queryRaw`select 1`;
  },
  migrations: async () => {
    const pending = await missingMigrations({
      query: (sql) => db().$queryRawUnsafe(sql),
      projectDir: /*turbopackIgnore: true*/ process.cwd(),
    });
    if (pending.length > 0) throw new Error(`${pending.length} not applied; restart Hallmark to apply them`);
  },
  signingKeys: async () => {
    await instanceMasterKey();
  },
};

async function outcome(check: () => Promise<void>): Promise<string> {
  try {
    await check();
    return 'ok';
  } catch (error) {
    // No connection strings: the endpoint is public.
    return error instanceof Error && 'code' in error && String(error.code).startsWith('MASTER_KEY')
      ? 'master key not usable'
      : 'failed';
  }
}
