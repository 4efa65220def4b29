import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Package } from '#lib/manifest/types.ts';
import { CheckFault } from './check-fault.ts';
import { BUNDLE_LIMITS, PACKAGE_LIMITS } from './limits.ts';
import { readBundle } from './read-bundle.ts';
import type { Outcome, PackageContext, PackageSettings, PackageType } from './types.ts';

/** Where releases are; they redirect to the stores behind them. */
const RELEASE_HOSTS = ['github.com', 'www.github.com', 'gitlab.com'];

/**
 * The file itself: its sha256 is what the manifest says, and it is an MCP bundle that unpacks to something reasonable.
 * https://github.com/modelcontextprotocol/mcpb
 */
export const mcpb: PackageType = {
  kinds: ['integrity'],
  check: async (context) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-bundle-'));
    try {
      return [await checkBundle(context, path.join(directory, 'bundle.mcpb'))];
    } finally {
      fs.rmSync(directory, { recursive: true, force: true });
    }
  },
};

export const isReleaseHost = ({ identifier }: Package, { hosts }: PackageSettings) =>
  RELEASE_HOSTS.includes(new URL(identifier).host) || hosts.has(new URL(identifier).hostname);

async function checkBundle(context: PackageContext, file: string): Promise<Outcome> {
  const { pkg, label } = context;
  const kind = 'integrity';
  const { sha256, size } = await download(context, file);
  const facts = { sha256, size };
  if (pkg.fileSha256 === undefined) {
    const message = `The manifest gives no fileSha256 of ${label}. Add "fileSha256": "${sha256}".`;
    return { kind, code: 'HASH_NOT_NAMED', message, facts };
  }
  if (pkg.fileSha256 !== sha256) {
    const message = `${label} has sha256 ${sha256}; the manifest says ${pkg.fileSha256}. Correct fileSha256, or upload the file that was meant.`;
    return { kind, code: 'HASH_MISMATCH', message, facts };
  }
  const bundle = await readBundle(file, { label, signal: context.ask.signal });
  const message = `${label} has the sha256 that the manifest gives, and is an MCP bundle (${bundle.entries} files).`;
  return { kind, code: 'HASH_MATCHES', message, facts: { ...facts, ...bundle } };
}

async function download({ pkg, label, ask }: PackageContext, file: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const descriptor = fs.openSync(file, 'wx', 0o600);
  try {
    const { status } = await ask.get(pkg.identifier, {
      accept: 'application/octet-stream, */*',
      maxBytes: BUNDLE_LIMITS.downloadBytes,
      timeoutMs: PACKAGE_LIMITS.packageMs,
      maxRedirects: 5,
      onChunk: (chunk) => {
        hash.update(chunk);
        size += chunk.length;
        fs.writeSync(descriptor, chunk);
      },
    });
    if (status !== 200) {
      throw new CheckFault(
        'PACKAGE_NOT_FOUND',
        `There is no file at ${label} (status ${status}). Upload it to the release, or correct the address.`,
      );
    }
  } finally {
    fs.closeSync(descriptor);
  }
  return { sha256: hash.digest('hex'), size };
}
