import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const SOURCES = [
  'app',
  'lib',
  'scanners',
  'public',
  'package-lock.json',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
];

/** True when `.next` holds a finished build of exactly these sources. */
export function isBuilt(projectDir: string): boolean {
  try {
    return (
      fs.existsSync(path.join(projectDir, '.next', 'BUILD_ID')) &&
      fs.readFileSync(stampFile(projectDir), 'utf8') === sourceHash(projectDir)
    );
  } catch {
    return false;
  }
}

/** Builds the pages. Throws with the builder's output when that fails. */
export async function buildApp(projectDir: string): Promise<void> {
  const hash = sourceHash(projectDir);
  fs.rmSync(stampFile(projectDir), { force: true });
  const require = createRequire(import.meta.url);
  const child = spawn(process.execPath, [require.resolve('next/dist/bin/next'), 'build'], {
    cwd: projectDir,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw Object.assign(new Error(`The pages could not be built:\n${output}`), { code: 'BUILD_FAILED' });
  fs.writeFileSync(stampFile(projectDir), hash);
}

const stampFile = (projectDir: string) => path.join(projectDir, '.next', 'hallmark-sources');

/** Over names, sizes and contents of everything that a build reads. */
function sourceHash(projectDir: string): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesBelow(path.join(projectDir, source)))
      hash.update(path.relative(projectDir, file)).update('\0').update(fs.readFileSync(file));
  }
  return hash.digest('hex');
}

function filesBelow(entry: string): string[] {
  if (!fs.existsSync(entry)) return [];
  if (!fs.statSync(entry).isDirectory()) return [entry];
  return fs
    .readdirSync(entry)
    .sort()
    .flatMap((name) => filesBelow(path.join(entry, name)));
}
