import { existsSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { createSteps } from '#cli/progress.ts';
import type { Manifest } from '#lib/manifest/index.ts';
import { readPackage } from '#lib/scans/package-source/index.ts';
import type { ScanTarget } from './scan-input.ts';
import { type Looked, NOTHING_SEEN } from './scan-look.ts';
import { readManifest } from './signing-input.ts';

type CodeTarget = Extract<ScanTarget, { kind: 'package' }>;

const ARCHIVE = /\.(?:tgz|tar\.gz|whl|zip|mcpb)$/i;
const PYTHON = /(?:\.whl|\.zip)$/i;
const PYTHON_FILES = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt'];

/** A directory or an archive with a package; null for any other file. A `server.json` in the directory is scanned with it. */
export function packageTarget(target: string): CodeTarget | null {
  const status = statOf(target);
  if (status?.isDirectory()) {
    const has = (name: string) => existsSync(path.join(target, name));
    const isPython = !has('package.json') && PYTHON_FILES.some(has);
    const manifest = manifestIn(target);
    const subject = manifest ?? { name: path.basename(path.resolve(target)) };
    return {
      kind: 'package',
      subject: { name: subject.name, ...('version' in subject ? { version: subject.version } : {}) },
      source: { kind: 'directory', dir: path.resolve(target) },
      ecosystem: isPython ? 'pypi' : 'npm',
      manifest,
    };
  }
  if (!status?.isFile() || !ARCHIVE.test(target)) return null;
  return {
    kind: 'package',
    subject: { name: path.basename(target) },
    source: { kind: 'archive', file: path.resolve(target) },
    ecosystem: PYTHON.test(target) || /-\d[\w.]*\.tar\.gz$/.test(target) ? 'pypi' : 'npm',
    manifest: null,
  };
}

function statOf(target: string): Stats | undefined {
  return statSync(target, { throwIfNoEntry: false });
}

function manifestIn(dir: string): Manifest | null {
  const file = path.join(dir, 'server.json');
  return existsSync(file) ? readManifest(file, 'mirror').manifest : null;
}

const no = (reason: string) => ({ covered: false, reason });

/** Reads the code of a package that lies on this machine. Nothing of it is run. */
export async function lookAtCode({ source, ecosystem, manifest }: CodeTarget, signal: AbortSignal): Promise<Looked> {
  const steps = createSteps();
  steps.step('reading the code');
  const read = await readPackage({ source, identity: { ecosystem, name: null, version: null }, signal });
  signal.throwIfAborted();
  const notRun = 'Nothing was run; to ask the server itself, give its command after --.';
  const coverage = {
    manifest: manifest ? { covered: true } : no('There is no server.json beside the code.'),
    tools: no(notRun),
    live: no(notRun),
  };
  if (!read.ok) {
    steps.fail();
    return {
      manifest,
      definitions: NOTHING_SEEN,
      coverage: { ...coverage, package: no(read.reason) },
      notes: [read.reason],
      isScanned: false,
      isWhole: false,
    };
  }
  steps.done(`read ${read.code.filesRead} files`);
  return {
    manifest,
    definitions: NOTHING_SEEN,
    code: read.code,
    coverage: { ...coverage, package: { covered: true } },
    notes: [],
    isScanned: true,
    isWhole: true,
  };
}
