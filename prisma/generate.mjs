// Generates the database client after `npm ci`. Prisma's command wants a schema engine that it would download from
// outside npm; `generate` never runs it, so naming any existing file keeps this step offline.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const prisma = require.resolve('prisma/build/index.js');
const run = spawnSync(process.execPath, [prisma, 'generate'], {
  cwd: new URL('..', import.meta.url),
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: prisma,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
  encoding: 'utf8',
});
if (run.status !== 0) {
  process.stderr.write(`${run.stdout}${run.stderr}\nThe database client could not be generated (see above).\n`);
  process.exit(run.status ?? 1);
}
