import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from './client/client.ts';
import { stopListening } from './listener.ts';

export type Db = PrismaClient;
/** A transaction, or the client itself where the caller holds none. */
export type Tx = Prisma.TransactionClient;
export { Prisma } from './client/client.ts';

/** Across bundles of one process: Next bundles its own copy of this module beside ours. */
const shared = globalThis as typeof globalThis & { hallmarkDb?: PrismaClient };

/** The database client of this process. DATABASE_URL is set by whatever started the process (lib/db/open-database.ts). */
export function db(): Db {
  shared.hallmarkDb ??= createDb(requiredUrl());
  return shared.hallmarkDb;
}

export function createDb(url: string, { connections = 10 } = {}): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections, connectionTimeoutMillis: 10_000 }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

export async function closeDb(): Promise<void> {
  const open = shared.hallmarkDb;
  shared.hallmarkDb = undefined;
  await stopListening();
  await open?.$disconnect();
}

function requiredUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set in this process. Start Hallmark with `npm start`, which sets it.');
  return url;
}

/** Whether a write failed because a row with the same unique value exists (Prisma's P2002). */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
