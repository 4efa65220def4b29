import semver from 'semver';
import { namespaceOf, packagePurl } from '#lib/manifest/index.ts';
import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { hostOf, parseObject } from './ask.ts';
import { CheckFault } from './check-fault.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { type NpmSource, npmSource } from './npm-source.ts';
import { answerKind, digestOutcome, judgeName, type NamedDigest } from './outcomes.ts';
import { bestOf, judgeAttestation } from './provenance.ts';
import { npmRelease } from './release.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageContext, PackageType } from './types.ts';

/** https://slsa.dev/spec/v1.0/provenance and the v0.2 that npm used before it. */
const SLSA_PROVENANCE = 'https://slsa.dev/provenance/';
const SHA512_BYTES = 64;

/** `mcpName` of the published package.json; `dist.integrity`; provenance of npm's attestation API. */
export const npm: PackageType = {
  kinds: ['ownership', 'digest', 'provenance'],
  check: async (context) => {
    const { pkg, label, serverName, settings } = context;
    const source = npmSource(settings.npm, pkg.identifier);
    const published = await fetchVersion(context, source);
    const fix = `Add "mcpName": "${serverName}" to package.json of ${pkg.identifier} and publish a new version.`;
    const place = 'mcpName in package.json';
    return [
      judgeName({ seen: memberOf(published, 'mcpName'), serverName, label, place, fix }),
      digestOutcome(label, digestsOf(published), { release: npmRelease(published) }),
      await answerKind('provenance', () => checkProvenance(context, source, published)),
    ];
  },
};

const memberOf = (object: JsonObject, key: string) => (Object.hasOwn(object, key) ? object[key] : undefined);

/** package.json of the version with the registry's `dist`. Throws CheckFault PACKAGE_NOT_FOUND or VERSION_NOT_FOUND. */
async function fetchVersion(
  { pkg, label, ask }: PackageContext,
  { registry, headers }: NpmSource,
): Promise<JsonObject> {
  const { identifier } = pkg;
  // npm keeps versions without the `v` that some write before them.
  const version = semver.valid(pkg.version)!;
  const packageUrl = `${registry}${identifier.replace('/', '%2f')}`;
  const document = await ask.json(`${packageUrl}/${encodeURIComponent(version)}`, { headers });
  const published = document ?? (await fetchFromPackument());
  if (published === null) {
    throw new CheckFault(
      'VERSION_NOT_FOUND',
      `${identifier} is on ${hostOf(registry)}, but has no version ${shown(version, 80)}. Publish that version, or name one that is there. A new version can take fifteen minutes to show.`,
    );
  }
  const [name, seen] = [textOf(published, 'name'), textOf(published, 'version')];
  if (name !== identifier || seen !== version) {
    const other = shown(`${name ?? 'no name'} ${seen ?? 'without a version'}`);
    throw new CheckFault('ANSWER_UNREADABLE', `${hostOf(registry)} answers with ${other} when asked about ${label}.`);
  }
  return published;

  /** Some registries have the whole document only. Null where the package is there and the version is not. */
  async function fetchFromPackument(): Promise<JsonObject | null> {
    try {
      const packument = await ask.json(packageUrl, { headers, maxBytes: PACKAGE_LIMITS.packumentBytes });
      if (packument !== null) return objectOf(objectOf(packument, 'versions') ?? {}, version) ?? null;
    } catch (error) {
      // Too large to read, and so there.
      if (error instanceof CheckFault && error.code === 'ANSWER_TOO_LARGE') return null;
      throw error;
    }
    throw new CheckFault(
      'PACKAGE_NOT_FOUND',
      `There is no package ${identifier} on ${hostOf(registry)}. Publish it there, or correct the identifier.`,
    );
  }
}

function digestsOf(published: JsonObject): NamedDigest[] {
  const dist = objectOf(published, 'dist') ?? {};
  const sha512 = sha512Of(dist);
  const shasum = textOf(dist, 'shasum');
  if (sha512 !== null) return [{ name: 'tarball', digest: `sha512:${sha512}` }];
  return shasum && /^[0-9a-f]{40}$/.test(shasum) ? [{ name: 'tarball', digest: `sha1:${shasum}` }] : [];
}

/** Hex sha512 of the tarball, from Subresource Integrity text, which may list several. */
function sha512Of(dist: JsonObject): string | null {
  const listed = (textOf(dist, 'integrity') ?? '').split(/\s+/).find((item) => item.startsWith('sha512-'));
  const bytes = listed ? Buffer.from(listed.slice('sha512-'.length).replace(/\?.*$/, ''), 'base64') : null;
  return bytes?.length === SHA512_BYTES ? bytes.toString('hex') : null;
}

async function checkProvenance(
  { pkg, label, serverName, repository, roots, ask }: PackageContext,
  { registry, headers }: NpmSource,
  published: JsonObject,
): Promise<Omit<Outcome, 'kind'>> {
  const dist = objectOf(published, 'dist') ?? {};
  const named = `${pkg.identifier.replace('/', '%2f')}@${encodeURIComponent(semver.valid(pkg.version)!)}`;
  const url = `${registry}-/npm/v1/attestations/${named}`;
  const answer = await ask.get(url, { headers, maxBytes: PACKAGE_LIMITS.attestationBytes });
  if (answer.status !== 200) return noAttestations(dist, label, hostOf(registry));

  const offered = objectsOf(parseObject(answer), 'attestations')
    .map(([, item]) => item)
    .filter((item) => textOf(item, 'predicateType')?.startsWith(SLSA_PROVENANCE))
    .slice(0, PACKAGE_LIMITS.attestations);
  if (offered.length === 0) return unsigned(label);

  const digest = sha512Of(dist);
  if (digest === null) {
    const message = `The registry gives no sha512 of ${label}, so its provenance cannot be held against the file.`;
    return { code: 'PROVENANCE_INVALID', message };
  }
  const purl = packagePurl({ ...pkg, version: semver.valid(pkg.version)!, registryBaseUrl: undefined });
  const verdicts = offered.map(({ bundle }) =>
    judgeAttestation({
      bundle,
      subject: { algorithm: 'sha512', digest },
      predicateTypes: [SLSA_PROVENANCE],
      what: label,
      isName: (name) => name === purl,
      repository,
      roots,
      namespace: namespaceOf(serverName),
    }),
  );
  return bestOf(verdicts)!;
}

/**
 * A registry that gives no attestations may have none or not know the API. npm itself signs every version
 * (`dist.signatures`) and says which have attestations (`dist.attestations`); mirrors that do not carry these know nothing.
 */
function noAttestations(dist: JsonObject, label: string, host: string): Omit<Outcome, 'kind'> {
  if (objectOf(dist, 'attestations')) {
    const message = `${host} says that ${label} has provenance, but does not give it. We try again later.`;
    return { code: 'PROVENANCE_WITHHELD', message };
  }
  if (objectsOf(dist, 'signatures').length > 0) return unsigned(label);
  const message = `${host} does not offer attestations, so it is not known whether ${label} has provenance.`;
  return { code: 'NOT_OFFERED', message };
}

const unsigned = (label: string): Omit<Outcome, 'kind'> => ({
  code: 'PROVENANCE_ABSENT',
  message: `${label} was published without provenance. Publish from CI with "npm publish --provenance", or with trusted publishing.`,
});
