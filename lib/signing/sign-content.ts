import { type Bundle, bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { type SignErrorCode, SigningError } from './errors.ts';
import { requireIdentityToken } from './identity-token.ts';

/** Where to sign. Without `tsaURL` only Rekor v1 proves a time, so version 2 needs it. */
export type SigstoreServices = {
  fulcioURL: string;
  rekorURL: string;
  tsaURL?: string;
  rekorVersion: 1 | 2;
};

/** The public-good instance, https://docs.sigstore.dev */
export const PUBLIC_GOOD_SERVICES: SigstoreServices = {
  fulcioURL: 'https://fulcio.sigstore.dev',
  rekorURL: 'https://rekor.sigstore.dev',
  rekorVersion: 1,
};

const TIMEOUT_MS = 20_000;
const RETRIES = 2;

/** What is signed: bytes as a message, or bytes of a type inside a DSSE envelope. */
export type Signable = { data: Buffer; type?: string };

/**
 * Signs keyless and returns the Sigstore bundle as JSON: v0.2 for a message signature, v0.3 for a DSSE envelope.
 *
 * Without `identityToken` the CI is asked for one (GitHub Actions, Buildkite, or SIGSTORE_ID_TOKEN, as GitLab has it).
 * Throws SigningError with a code of `SIGN_ERRORS`. The token never appears in a message.
 */
export async function signContent(
  signable: Signable,
  {
    sigstore = PUBLIC_GOOD_SERVICES,
    identityToken,
    retries = RETRIES,
  }: {
    sigstore?: SigstoreServices;
    identityToken?: string;
    /** How often a service that fails or is away is asked again, with growing pauses. */
    retries?: number;
  } = {},
): Promise<SerializedBundle> {
  const services = checkServices(sigstore);
  // Loaded here: verifying must not cost the start of an HTTP client.
  const {
    CIContextProvider,
    DSSEBundleBuilder,
    FulcioSigner,
    MessageSignatureBundleBuilder,
    RekorWitness,
    TSAWitness,
  } = await import('@sigstore/sign');
  const token = await requireIdentityToken(identityToken, () => new CIContextProvider().getToken());

  const patience = { timeout: TIMEOUT_MS, retry: { retries } };
  const options = {
    signer: new FulcioSigner({
      fulcioBaseURL: services.fulcioURL,
      identityProvider: { getToken: async () => token },
      ...patience,
    }),
    witnesses: [
      new RekorWitness({ rekorBaseURL: services.rekorURL, majorApiVersion: services.rekorVersion, ...patience }),
      ...(services.tsaURL ? [new TSAWitness({ tsaBaseURL: services.tsaURL, ...patience })] : []),
    ],
  };
  const builder =
    signable.type === undefined ? new MessageSignatureBundleBuilder(options) : new DSSEBundleBuilder(options);
  let bundle: Bundle;
  try {
    bundle = await builder.create(signable);
  } catch (error) {
    throw explain(error, services);
  }
  return bundleToJSON(bundle);
}

/** Services without slashes at the end of their URLs, which the library would double. */
function checkServices({ fulcioURL, rekorURL, tsaURL, rekorVersion }: SigstoreServices): SigstoreServices {
  if (rekorVersion === 2 && tsaURL === undefined) {
    throw fault('SERVICE_URL_INVALID', 'Rekor v2 proves no signing time: give the URL of a timestamp authority too.');
  }
  return {
    fulcioURL: checkUrl('certificate authority (Fulcio)', fulcioURL),
    rekorURL: checkUrl('transparency log (Rekor)', rekorURL),
    ...(tsaURL !== undefined && { tsaURL: checkUrl('timestamp authority', tsaURL) }),
    rekorVersion,
  };
}

function checkUrl(service: string, url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol === 'https:' || protocol === 'http:') return url.replace(/\/+$/, '');
  throw fault('SERVICE_URL_INVALID', `The URL of the ${service} is not an http or https URL: ${JSON.stringify(url)}.`);
}

const SERVICE_FAULTS = {
  CA_CREATE_SIGNING_CERTIFICATE_ERROR: ['CERTIFICATE_REFUSED', 'fulcioURL', 'gave no certificate'],
  TLOG_CREATE_ENTRY_ERROR: ['LOG_REFUSED', 'rekorURL', 'took no entry'],
  TLOG_FETCH_ENTRY_ERROR: ['LOG_REFUSED', 'rekorURL', 'took no entry'],
  TSA_CREATE_TIMESTAMP_ERROR: ['TIMESTAMP_REFUSED', 'tsaURL', 'gave no timestamp'],
} as const satisfies Record<string, [SignErrorCode, keyof SigstoreServices, string]>;

function explain(error: unknown, services: SigstoreServices): SigningError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'IDENTITY_TOKEN_PARSE_ERROR') {
    // The library puts the whole token into its message.
    return fault(
      'IDENTITY_TOKEN_MALFORMED',
      'The identity token names no subject, or an e-mail address that was not verified.',
    );
  }
  if (Object.hasOwn(SERVICE_FAULTS, code)) {
    const [own, service, what] = SERVICE_FAULTS[code as keyof typeof SERVICE_FAULTS];
    const reason = error instanceof Error && error.cause instanceof Error ? `: ${printable(error.cause.message)}` : '';
    return fault(own, `${services[service]} ${what}${reason}.`, error);
  }
  return fault('SIGNING_FAILED', `Signing failed${error instanceof Error && code ? `: ${error.message}` : ''}.`, error);
}

/** What a service answered ends up in a terminal or a log. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}

function fault(code: SignErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
