import { namespaceOf, type OciReference } from '#lib/manifest/index.ts';
import { objectsOf, textOf } from '#lib/manifest/json-object.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import type { OciRegistry } from './oci-registry.ts';
import { bestOf, judgeAttestation, type ProvenanceVerdict } from './provenance.ts';
import type { Outcome, PackageContext } from './types.ts';

/** As `actions/attest` and cosign push them. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
const SLSA_PROVENANCE = 'https://slsa.dev/provenance/';
const DIGEST = /^sha256:[a-f0-9]{64}$/;

/**
 * Sigstore bundles that refer to the image in its own registry. Every registry can be asked for these, if only by tag, so
 * none means that there is none there.
 */
export async function checkOciProvenance(
  { label, serverName, repository, roots }: PackageContext,
  registry: OciRegistry,
  { reference, digest }: { reference: OciReference; digest: string },
): Promise<Omit<Outcome, 'kind'>> {
  const listed = objectsOf((await registry.referrers(digest)) ?? {}, 'manifests')
    .map(([, entry]) => entry)
    .filter((entry) => textOf(entry, 'artifactType')?.startsWith(BUNDLE_TYPE))
    .slice(0, PACKAGE_LIMITS.attestations);
  const [algorithm, hex] = digest.split(':') as ['sha256' | 'sha512', string];
  const verdicts: ProvenanceVerdict[] = [];
  for (const entry of listed) {
    const bundle = await fetchBundle(registry, textOf(entry, 'digest') ?? '');
    if (bundle === null || !claimsProvenance(bundle)) continue;
    verdicts.push(
      judgeAttestation({
        bundle,
        subject: { algorithm, digest: hex },
        predicateTypes: [SLSA_PROVENANCE],
        what: label,
        isName: (name) => namesRepository(name, reference),
        repository,
        roots,
        namespace: namespaceOf(serverName),
      }),
    );
  }
  return (
    bestOf(verdicts) ?? {
      code: 'PROVENANCE_ABSENT',
      message: `${label} has no provenance in its registry. Add actions/attest with push-to-registry to the workflow that builds it.`,
    }
  );
}

async function fetchBundle(registry: OciRegistry, digest: string) {
  const manifest = DIGEST.test(digest) ? await registry.manifest(digest) : null;
  const layer = manifest && objectsOf(manifest.document, 'layers')[0]?.[1];
  const blob = (layer && textOf(layer, 'digest')) ?? '';
  return DIGEST.test(blob) ? registry.blob(blob) : null;
}

/** Other statements (SBOMs, test results) are signed the same way; which one it is stands in the payload. */
function claimsProvenance(bundle: Record<string, unknown>): boolean {
  try {
    const { payload } = bundle.dsseEnvelope as { payload: string };
    const { predicateType } = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    return typeof predicateType === 'string' && predicateType.startsWith(SLSA_PROVENANCE);
  } catch {
    return false;
  }
}

/** Docker's registry has several names. */
function namesRepository(name: string, { registry, repository }: OciReference): boolean {
  const names = registry === 'docker.io' ? ['docker.io', 'index.docker.io', 'registry-1.docker.io'] : [registry];
  return names.some((host) => name === `${host}/${repository}`);
}
