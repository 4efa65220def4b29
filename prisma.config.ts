import { defineConfig } from 'prisma/config';

/** For people who use Prisma's own commands. Hallmark itself applies migrations at start (lib/db/migrate.ts). */
export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost:5432/hallmark' },
});
