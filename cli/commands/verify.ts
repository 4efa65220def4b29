import { type Command, Option } from 'commander';
import { splitServerName } from '#lib/manifest/index.ts';
import {
  BUNDLE_MAX_BYTES,
  describeEvidence,
  describeSigner,
  matchSigner,
  type SignerFacts,
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

/** The registry could not be asked, or does not know the version. */
const EXIT_UNREACHABLE = 3;

type VerifyOptions = {
  bundle?: string;
  registry?: string;
  trustedRoot?: string;
  rootKind: 'custom' | 'github';
  certificateIdentity?: string;
  certificateOidcIssuer?: string;
  anyIdentity?: boolean;
  json?: boolean;
};

/**
 * `hallmark verify`: exit code 0 when a bundle holds and its signer is the expected one, 1 when not or when nobody
 * signed, 2 on wrong use, 3 when the registry has no such version or cannot be reached.
 */
export function registerVerify(program: Command): void {
  exitOnUsageFaults(program.command('verify'))
    .description('check who signed a manifest: a file with its bundle, without any network, or a published version')
    .argument('<manifest>', 'server.json, exactly as it was signed; with --registry name@version')
    .option('--bundle <file>', 'the Sigstore bundle of the file')
    .option('--registry <url>', 'Hallmark registry that keeps manifest and bundles; its word about them is not taken')
    .option('--trusted-root <file>', 'trusted_root.json to check against instead of the public-good one')
    .addOption(
      new Option('--root-kind <kind>', "github: the root of GitHub's own Sigstore, which has no log")
        .choices(['custom', 'github'])
        .default('custom'),
    )
    .option('--certificate-identity <name>', 'expected subject name (workflow URI or e-mail address), compared exactly')
    .option('--certificate-oidc-issuer <url>', 'expected issuer of that identity, compared exactly')
    .option('--any-identity', 'accept whoever signed')
    .option('--json', 'print the result as JSON')
    .action((manifest: string, options: VerifyOptions, command: Command) =>
      reportFaults(command, async () => {
        const expected = expectedSigner(options);
        const root = loadTrustRoot(options.trustedRoot, options.rootKind);
        const { bundle, registry } = options;
        if ((bundle === undefined) === (registry === undefined)) {
          throw new UsageFault('Give --bundle for a manifest in a file, or --registry for a published version.');
        }
        process.exitCode =
          registry === undefined
            ? verifyOneFile({ file: manifest, bundle: bundle!, root, expected, json: options.json ?? false })
            : await verifyPublished({ reference: manifest, registry, root, expected, json: options.json ?? false });
      }),
    );
}

type Expected = { san: string; issuer: string } | 'any' | null;
type Identity = { isAccepted: boolean; isChecked: boolean; expected: { san: string; issuer: string } | null };
type Judged = { result: VerificationResult; identity: Identity };

function verifyOneFile({
  file,
  bundle,
  root,
  expected,
  json,
}: {
  file: string;
  bundle: string;
  root: TrustRoot;
  expected: Expected;
  json: boolean;
}): number {
  const bundleBytes = readInput(bundle, 'bundle', BUNDLE_MAX_BYTES + 1);
  const read = readManifest(file, 'mirror');
  const result = verifyFile({ ...read, bundleBytes, root });
  const judged = { result, identity: judgeIdentity(result, expected) };
  if (json)
    print(JSON.stringify({ ...result, identity: judged.identity, evidence: describeEvidence(result) }, null, 2));
  else printResult(`${file} (${read.manifest.name} ${read.manifest.version})`, judged);
  return isGood(judged) ? 0 : EXIT_REFUSED;
}

/** One good bundle by the expected signer is enough, as on the registry: others beside it do not take that away. */
async function verifyPublished({
  reference,
  registry,
  root,
  expected,
  json,
}: {
  reference: string;
  registry: string;
  root: TrustRoot;
  expected: Expected;
  json: boolean;
}): Promise<number> {
  // Loaded here: verifying files must not cost the start of an HTTP client.
  const { fetchSignatures, RegistryFault } = await import('./registry-signatures.ts');
  const published = await fetchSignatures(registry, reference).catch((error: unknown) => {
    if (error instanceof RegistryFault) return error;
    throw error;
  });
  if (published instanceof RegistryFault) {
    complain(published.message);
    return EXIT_UNREACHABLE;
  }
  const { bundles, ...read } = published;
  const judged = bundles.map((bundle): Judged => {
    const result = verifyFile({ ...read, bundleBytes: Buffer.from(JSON.stringify(bundle) ?? 'null'), root });
    return { result, identity: judgeIdentity(result, expected) };
  });
  // The good ones first: they are what was asked for.
  judged.sort((a, b) => Number(isGood(b)) - Number(isGood(a)) || Number(b.result.ok) - Number(a.result.ok));
  const isVerified = judged.some(isGood);
  const { manifestSha256, manifestJcsSha256 } = read.digests;
  if (json) {
    const signatures = judged.map(({ result, identity }) => ({
      ...result,
      identity,
      evidence: describeEvidence(result),
    }));
    print(JSON.stringify({ ok: isVerified, manifestSha256, manifestJcsSha256, signatures }, null, 2));
  } else if (judged[0]) {
    for (const one of isVerified ? judged.filter(isGood) : judged) printResult(reference, one);
  } else {
    complain(`${reference} is not signed.`);
  }
  return isVerified ? 0 : EXIT_REFUSED;
}

const isGood = ({ result, identity }: Judged): boolean => result.ok && identity.isAccepted;

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

function printResult(what: string, { result, identity }: Judged): void {
  if (!result.ok) {
    const advice = result.code === 'NO_TRUSTED_ROOT' ? ' Give the root of that Sigstore with --trusted-root.' : '';
    complain(`Not verified (${result.code}). ${result.message}${advice}`);
    return;
  }
  const details = verificationLines(result).join('\n');
  if (!identity.isAccepted) {
    // First and on one stream: who reads only the beginning, or only standard output, must not see a success.
    complain(`${refusalOf(identity, result.signer)}\nWhat the signature of ${what} says:\n${details}`);
    return;
  }
  print(`The signature of ${what} is valid.\n${details}`);
  if (identity.isChecked) print('The identity is the expected one.');
  else complain('Identity not checked: this says only that somebody signed the manifest as themselves.');
}

function refusalOf({ expected }: Identity, signer: SignerFacts): string {
  if (!expected) {
    return 'Refused: no identity was expected, so this proves nothing. Give --certificate-identity and --certificate-oidc-issuer, or --any-identity to accept whoever signed.';
  }
  return `Refused: another identity signed. Expected ${expected.san} (issuer ${expected.issuer}), found ${signer.san} (issuer ${signer.issuer}).`;
}

/** What a valid bundle says, one fact a line. */
export function verificationLines(result: Extract<VerificationResult, { ok: true }>): string[] {
  const facts = [{ fact: 'Signed by', value: describeSigner(result.signer) }, ...describeEvidence(result)];
  // A statement may say anything, also to the terminal.
  return facts.map(({ fact, value }) => `  ${fact.padEnd(10)}  ${value.replace(/\p{Cc}+/gu, ' ')}`);
}

/** Verifies a bundle for a manifest against one root. */
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
