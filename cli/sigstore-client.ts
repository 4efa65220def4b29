import { createPublicKey, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import {
  type Artifact,
  BUNDLE_MAX_BYTES,
  bareTrustRoot,
  type ExpectedSigner,
  PUBLIC_GOOD_SERVICES,
  publicGoodRoot,
  type SigstoreServices,
  STATEMENT_PAYLOAD_TYPE,
  servicesOfSigningConfig,
  signContent,
  TRUSTED_ROOT_MAX_BYTES,
  type TrustRoot,
  verifyArtifact,
} from '#lib/signing/index.ts';
import { readInput, UsageFault, writeWhole } from './commands/signing-input.ts';

/**
 * The client protocol of the Sigstore conformance suite (sigstore/sigstore-conformance, docs/cli_protocol.md) over the
 * verification that the server uses. Exit code 0 = verified or signed, 1 = refused or called wrongly.
 */
const USAGE = `sigstore-conformance-client verify-bundle [--staging] --bundle FILE
    (--certificate-identity IDENTITY --certificate-oidc-issuer URL | --key PEM) [--trusted-root FILE] FILE_OR_DIGEST
sigstore-conformance-client sign-bundle [--staging] [--in-toto] --identity-token TOKEN --bundle FILE
    [--trusted-root FILE] [--signing-config FILE] FILE`;

const KEY_MAX_BYTES = 64 * 1024;
const ARTIFACT_MAX_BYTES = 512 * 1024 * 1024;

const OPTIONS = {
  staging: { type: 'boolean' },
  bundle: { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  key: { type: 'string' },
  'trusted-root': { type: 'string' },
  'in-toto': { type: 'boolean' },
  'identity-token': { type: 'string' },
  'signing-config': { type: 'string' },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function main([command, ...args]: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [target, ...others] = positionals;
  if (target === undefined || others.length > 0 || values.bundle === undefined) throw new UsageFault(USAGE);
  if (command === 'verify-bundle') verifyBundle(values, values.bundle, target);
  else if (command === 'sign-bundle') await signBundle(values, values.bundle, target);
  else throw new UsageFault(USAGE);
}

function verifyBundle(options: Options, bundle: string, target: string): void {
  const result = verifyArtifact({
    bundleBytes: readInput(bundle, 'bundle', BUNDLE_MAX_BYTES + 1),
    artifact: artifactOf(target),
    roots: [rootOf(options)],
    expected: expectedOf(options),
  });
  if (!result.ok) throw new UsageFault(`${result.code}: ${result.message}`);
}

/** A digest, unless there is a file of that name. */
function artifactOf(target: string): Artifact {
  const digest = /^sha256:([0-9a-f]{64})$/i.exec(target)?.[1];
  if (digest && !fs.existsSync(target)) return { sha256: digest.toLowerCase() };
  return { bytes: readInput(target, 'artifact', ARTIFACT_MAX_BYTES) };
}

function expectedOf(options: Options): ExpectedSigner {
  const { key, 'certificate-identity': san, 'certificate-oidc-issuer': issuer } = options;
  if (key !== undefined) {
    if (san !== undefined || issuer !== undefined) {
      throw new UsageFault('Give --key or --certificate-identity, not both: a key names nobody.');
    }
    return { key: readKey(key) };
  }
  if (san === undefined || issuer === undefined) throw new UsageFault(USAGE);
  return { san, issuer };
}

function readKey(file: string): KeyObject {
  try {
    return createPublicKey(readInput(file, 'key', KEY_MAX_BYTES));
  } catch (error) {
    throw error instanceof UsageFault ? error : new UsageFault(`The key ${file} is not a public key in PEM form.`);
  }
}

function rootOf({ staging, 'trusted-root': file }: Options): TrustRoot {
  if (file !== undefined) {
    return bareTrustRoot(readInput(file, 'trusted root', TRUSTED_ROOT_MAX_BYTES + 1).toString('utf8'));
  }
  if (staging) throw new UsageFault('Hallmark ships no root of the staging instance: give --trusted-root.');
  return publicGoodRoot();
}

async function signBundle(options: Options, bundlePath: string, file: string): Promise<void> {
  const identityToken = options['identity-token'];
  if (identityToken === undefined) throw new UsageFault(USAGE);
  const data = readInput(file, 'artifact', ARTIFACT_MAX_BYTES);
  const signable = { data, ...(options['in-toto'] && { type: STATEMENT_PAYLOAD_TYPE }) };
  const bundle = await signContent(signable, { sigstore: servicesOf(options), identityToken });
  writeWhole(bundlePath, Buffer.from(JSON.stringify(bundle)));
}

function servicesOf({ staging, 'signing-config': file }: Options): SigstoreServices {
  if (file !== undefined) {
    const text = readInput(file, 'signing configuration', TRUSTED_ROOT_MAX_BYTES).toString('utf8');
    return servicesOfSigningConfig(text, new Date());
  }
  if (staging) throw new UsageFault('Hallmark knows no services of the staging instance: give --signing-config.');
  return PUBLIC_GOOD_SERVICES;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
