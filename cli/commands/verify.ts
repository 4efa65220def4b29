import type { Command } from 'commander';
import { splitServerName } from '#lib/manifest/index.ts';
import {
  BUNDLE_MAX_BYTES,
  describeSigner,
  matchSigner,
  type TrustRoot,
  type VerificationResult,
  verifyManifestBundle,
} from '#lib/signing/index.ts';
import {
  complain,
  EXIT_REFUSED,
  exitOnUsageFaults,
  loadTrustRoot,
  type ManifestFile,
  print,
  readInput,
  readManifest,
  reportFaults,
  UsageFault,
} from './signing-input.ts';

type VerifyOptions = {
  bundle: string;
  trustedRoot?: string;
  certificateIdentity?: string;
  certificateOidcIssuer?: string;
  anyIdentity?: boolean;
  json?: boolean;
};

/** `hallmark verify`: exit code 0 when the bundle holds and its signer is the expected one, 1 when not, 2 on wrong use. */
export function registerVerify(program: Command): void {
  exitOnUsageFaults(program.command('verify'))
    .description('check the Sigstore bundle of a manifest, without any network, and say who signed it')
    .argument('<manifest>', 'server.json, exactly as it was signed')
    .requiredOption('--bundle <file>', 'the Sigstore bundle')
    .option('--trusted-root <file>', 'trusted_root.json to check against instead of the public-good one')
    .option('--certificate-identity <name>', 'expected subject name (workflow URI or e-mail address), compared exactly')
    .option('--certificate-oidc-issuer <url>', 'expected issuer of that identity, compared exactly')
    .option('--any-identity', 'accept whoever signed')
    .option('--json', 'print the result as JSON')
    .action((file: string, options: VerifyOptions, command: Command) =>
      reportFaults(command, () => {
        const expected = expectedSigner(options);
        const root = loadTrustRoot(options.trustedRoot);
        const bundleBytes = readInput(options.bundle, 'bundle', BUNDLE_MAX_BYTES + 1);
        const read = readManifest(file, 'mirror');
        const result = verifyFile({ ...read, bundleBytes, root });
        const identity = judgeIdentity(result, expected);
        if (options.json) print(JSON.stringify({ ...result, identity }, null, 2));
        else printResult({ file, read, result, identity });
        process.exitCode = result.ok && identity.isAccepted ? 0 : EXIT_REFUSED;
      }),
    );
}

type Expected = { san: string; issuer: string } | 'any' | null;
type Identity = { isAccepted: boolean; isChecked: boolean; expected: { san: string; issuer: string } | null };

function expectedSigner({
  certificateIdentity: san,
  certificateOidcIssuer: issuer,
  anyIdentity,
}: VerifyOptions): Expected {
  if ((san === undefined) !== (issuer === undefined)) {
    throw new UsageFault(
      'Give --certificate-identity and --certificate-oidc-issuer together: a name means nothing without who vouches for it.',
    );
  }
  if (san === undefined || issuer === undefined) return anyIdentity ? 'any' : null;
  if (anyIdentity) throw new UsageFault('--any-identity contradicts --certificate-identity: give one of them.');
  return { san, issuer };
}

function judgeIdentity(result: VerificationResult, expected: Expected): Identity {
  if (expected === null || expected === 'any') {
    return { isAccepted: expected === 'any', isChecked: false, expected: null };
  }
  const isAccepted = result.ok && matchSigner(result.signer, [{ kind: 'uri', ...expected }]) !== null;
  return { isAccepted, isChecked: result.ok, expected };
}

function printResult({
  file,
  read,
  result,
  identity,
}: {
  file: string;
  read: ManifestFile;
  result: VerificationResult;
  identity: Identity;
}): void {
  if (!result.ok) {
    complain(`Not verified (${result.code}). ${result.message}`);
    return;
  }
  print(`The signature of ${file} (${read.manifest.name} ${read.manifest.version}) is valid.`);
  print(verificationLines(result).join('\n'));
  if (identity.isChecked && identity.isAccepted) {
    print('The identity is the expected one.');
  } else if (identity.expected) {
    const { signer } = result;
    complain(
      `Another identity signed: expected ${identity.expected.san} (issuer ${identity.expected.issuer}), found ${signer.san} (issuer ${signer.issuer}).`,
    );
  } else if (identity.isAccepted) {
    complain('Identity not checked: this says only that somebody signed the manifest as themselves.');
  } else {
    complain(
      'Identity not checked, so this proves nothing yet. Give --certificate-identity and --certificate-oidc-issuer, or --any-identity to accept whoever signed.',
    );
  }
}

/** What a valid bundle says, one fact a line. */
export function verificationLines(result: Extract<VerificationResult, { ok: true }>): string[] {
  const facts: [string, string | null][] = [
    ['Signed by', describeSigner(result.signer)],
    ['Identity', result.signer.san],
    ['Issuer', result.signer.issuer],
    ['Signed at', result.signedAt],
    ['Log entry', result.logIndex],
    ['Covers', result.subject === 'raw' ? 'the bytes of the file' : 'the RFC 8785 form of the file'],
    ['Statement', result.predicateType],
    ['Trust root', result.root],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(10)}  ${value}`]));
}

/** Verifies a bundle for a manifest from a file against one root. */
export function verifyFile({
  manifest,
  manifestBytes,
  digests,
  bundleBytes,
  root,
}: ManifestFile & { bundleBytes: Uint8Array; root: TrustRoot }): VerificationResult {
  const namespace = splitServerName(manifest.name)?.namespace ?? '';
  return verifyManifestBundle({ bundleBytes, manifestBytes, digests, namespace, roots: [root] });
}
