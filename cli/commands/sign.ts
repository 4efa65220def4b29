import path from 'node:path';
import { type Command, Option } from 'commander';
import {
  PUBLIC_GOOD_SERVICES,
  publicGoodRoot,
  type SignatureForm,
  type SigstoreServices,
  servicesOfSigningConfig,
  signManifest,
  type TrustRoot,
} from '#lib/signing/index.ts';
import {
  complain,
  EXIT_REFUSED,
  exitOnUsageFaults,
  loadTrustRoot,
  print,
  readInput,
  readManifest,
  reportFaults,
  UsageFault,
  writeWhole,
} from './signing-input.ts';
import { verificationLines, verifyFile } from './verify.ts';

const TOKEN_MAX_BYTES = 64 * 1024;
const CONFIG_MAX_BYTES = 256 * 1024;

type SignOptions = {
  bundle?: string;
  form: SignatureForm;
  fulcioUrl?: string;
  rekorUrl?: string;
  rekorVersion: '1' | '2';
  tsaUrl?: string;
  signingConfig?: string;
  identityToken?: string;
  identityTokenFile?: string;
  trustedRoot?: string;
};

/** `hallmark sign`: exit code 0 when a bundle was written, 1 when signing failed, 2 on wrong use. */
export function registerSign(program: Command): void {
  exitOnUsageFaults(program.command('sign'))
    .description(
      "sign a manifest keyless with Sigstore; the public log keeps the signature and the signer's name for ever",
    )
    .argument('<manifest>', 'server.json, exactly as it will be published')
    .option('--bundle <file>', "where the bundle goes (default: the manifest's path with .sigstore.json)")
    .addOption(
      new Option(
        '--form <form>',
        'message: over the bytes of the file; dsse: an in-toto statement, holds when the file is reformatted',
      )
        .choices(['message', 'dsse'])
        .default('message'),
    )
    .option('--fulcio-url <url>', 'certificate authority of a private Sigstore')
    .option('--rekor-url <url>', 'transparency log of a private Sigstore')
    .addOption(new Option('--rekor-version <n>', 'API of the transparency log').choices(['1', '2']).default('1'))
    .option('--tsa-url <url>', 'timestamp authority; needed with --rekor-version 2')
    .option('--signing-config <file>', 'signing_config.json that names the services, instead of their addresses')
    .option('--identity-token-file <file>', 'file with an OpenID Connect token for the audience sigstore')
    .option('--identity-token <token>', 'the token itself; others on this machine can see it in the process list')
    .option('--trusted-root <file>', 'trusted_root.json of a private Sigstore: verify the bundle before writing it')
    .action((file: string, options: SignOptions, command: Command) =>
      reportFaults(command, async () => {
        const bundlePath = options.bundle ?? `${file}.sigstore.json`;
        if (path.resolve(bundlePath) === path.resolve(file)) {
          throw new UsageFault('--bundle names the manifest itself: the bundle goes into a file of its own.');
        }
        const sigstore = servicesOf(options);
        const identityToken = tokenOf(options);
        const root = rootOf(options);
        const read = readManifest(file, 'publish');
        const { manifestBytes } = read;
        const bundle = await signManifest({ manifestBytes, form: options.form, sigstore, identityToken });
        const bundleBytes = Buffer.from(`${JSON.stringify(bundle)}\n`, 'utf8');

        const result = root && verifyFile({ ...read, bundleBytes, root });
        if (result && !result.ok) {
          complain(`The new bundle does not verify, so nothing was written (${result.code}). ${result.message}`);
          process.exitCode = EXIT_REFUSED;
          return;
        }
        writeWhole(bundlePath, bundleBytes);
        print(`Signed ${read.manifest.name} ${read.manifest.version}. Bundle: ${bundlePath}`);
        if (result) print(verificationLines(result).join('\n'));
        else complain('The bundle was not verified: give --trusted-root to verify against a private Sigstore.');
      }),
    );
}

/** All of a private Sigstore or all of the public-good one: a mixture gives bundles that no root accepts. */
function servicesOf({ fulcioUrl, rekorUrl, tsaUrl, rekorVersion, signingConfig }: SignOptions): SigstoreServices {
  if (signingConfig !== undefined) {
    if (fulcioUrl !== undefined || rekorUrl !== undefined || tsaUrl !== undefined) {
      throw new UsageFault('--signing-config names all services: leave --fulcio-url, --rekor-url and --tsa-url out.');
    }
    const text = readInput(signingConfig, 'signing configuration', CONFIG_MAX_BYTES).toString('utf8');
    return servicesOfSigningConfig(text, new Date());
  }
  if ((fulcioUrl === undefined) !== (rekorUrl === undefined)) {
    throw new UsageFault('Give --fulcio-url and --rekor-url together: both services belong to one Sigstore.');
  }
  return {
    fulcioURL: fulcioUrl ?? PUBLIC_GOOD_SERVICES.fulcioURL,
    rekorURL: rekorUrl ?? PUBLIC_GOOD_SERVICES.rekorURL,
    rekorVersion: rekorVersion === '2' ? 2 : 1,
    ...(tsaUrl !== undefined && { tsaURL: tsaUrl }),
  };
}

function tokenOf({ identityToken, identityTokenFile }: SignOptions): string | undefined {
  if (identityToken !== undefined && identityTokenFile !== undefined) {
    throw new UsageFault('Give --identity-token or --identity-token-file, not both.');
  }
  if (identityTokenFile === undefined) return identityToken;
  return readInput(identityTokenFile, 'identity token', TOKEN_MAX_BYTES).toString('utf8').trim();
}

function rootOf({ trustedRoot, fulcioUrl, signingConfig }: SignOptions): TrustRoot | null {
  if (trustedRoot !== undefined) return loadTrustRoot(trustedRoot);
  return fulcioUrl === undefined && signingConfig === undefined ? publicGoodRoot() : null;
}
