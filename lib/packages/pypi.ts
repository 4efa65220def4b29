import { namespaceOf } from '#lib/manifest/index.ts';
import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { pypiAttestationToBundle, SigningError } from '#lib/signing/index.ts';
import { hostOf, parseObject } from './ask.ts';
import { CheckFault } from './check-fault.ts';
import { inParallel } from './in-parallel.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { findNameToken } from './name-token.ts';
import { answerKind, digestOutcome, judgeToken } from './outcomes.ts';
import { bestOf, judgeAttestation, type ProvenanceVerdict, worstOf } from './provenance.ts';
import { pypiRelease } from './release.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageContext, PackageType } from './types.ts';

/** PEP 740: PyPI's own publish attestation, and SLSA provenance. */
const PREDICATE_TYPES = ['https://docs.pypi.org/attestations/publish/', 'https://slsa.dev/provenance/'];

type ReleaseFile = { filename: string; sha256: string };

/**
 * `mcp-name: …` in the description, comments included; sha256 of the files; provenance of PyPI's integrity API.
 * https://docs.pypi.org/api/json/ and https://docs.pypi.org/api/integrity/
 */
export const pypi: PackageType = {
  kinds: ['ownership', 'digest', 'provenance'],
  check: async (context) => {
    const { description, files, release } = await fetchRelease(context);
    const digests = files.map(({ filename, sha256 }) => ({ name: filename, digest: `sha256:${sha256}` }));
    return [
      judgeDescription(context, description),
      digestOutcome(context.label, digests, { release }),
      await answerKind('provenance', () => checkProvenance(context, files)),
    ];
  },
};

/** PEP 503: names that PyPI takes for one. */
const canonical = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** `description` is null where the index has the release, but not what it says of itself. */
type Release = { description: string | null; files: ReleaseFile[]; release: JsonObject };

/** Throws CheckFault PACKAGE_NOT_FOUND, VERSION_NOT_FOUND, or NOT_OFFERED for an index without the JSON API. */
async function fetchRelease(context: PackageContext): Promise<Release> {
  const { pkg, settings, ask } = context;
  const url = `${settings.pypiUrl}/pypi/${canonical(pkg.identifier)}`;
  const document = await ask.json(`${url}/${encodeURIComponent(pkg.version!)}/json`);
  if (document !== null) return readRelease(document, context);
  return (await fetchFromProject(context, `${url}/json`)) ?? (await tellMissing(context));
}

function readRelease(document: JsonObject, { pkg, label, settings }: PackageContext): Release {
  const info = objectOf(document, 'info') ?? {};
  const seen = textOf(info, 'name') ?? '';
  if (canonical(seen) !== canonical(pkg.identifier)) {
    const host = hostOf(settings.pypiUrl);
    throw new CheckFault('ANSWER_UNREADABLE', `${host} answers with ${shown(seen)} when asked about ${label}.`);
  }
  return {
    description: textOf(info, 'description') ?? '',
    files: filesOf(document, 'urls'),
    release: pypiRelease(document),
  };
}

/** Some mirrors have the document of the project only, which is about its newest release; null where there is none. */
async function fetchFromProject(context: PackageContext, url: string): Promise<Release | null> {
  const { pkg, settings, ask } = context;
  const version = pkg.version!;
  try {
    const project = await ask.json(url, { maxBytes: PACKAGE_LIMITS.packumentBytes });
    if (project === null) return null;
    if (textOf(objectOf(project, 'info') ?? {}, 'version') === version) return readRelease(project, context);
    const releases = objectOf(project, 'releases') ?? {};
    if (Object.hasOwn(releases, version)) return { description: null, files: filesOf(releases, version), release: {} };
  } catch (error) {
    // Too large to read, and so there.
    if (!(error instanceof CheckFault) || error.code !== 'ANSWER_TOO_LARGE') throw error;
  }
  throw new CheckFault(
    'VERSION_NOT_FOUND',
    `${pkg.identifier} is on ${hostOf(settings.pypiUrl)}, but has no version ${shown(version, 80)}. Publish that version, or name one that is there.`,
  );
}

async function tellMissing({ pkg, label, settings, ask }: PackageContext): Promise<never> {
  const { pypiUrl } = settings;
  const listing = await ask.get(`${pypiUrl}/simple/${canonical(pkg.identifier)}/`, { accept: '*/*' });
  if (listing.status === 200) {
    throw new CheckFault(
      'NOT_OFFERED',
      `${hostOf(pypiUrl)} offers files only and not the JSON API, so nothing is known about ${label}.`,
    );
  }
  throw new CheckFault(
    'PACKAGE_NOT_FOUND',
    `There is no project ${pkg.identifier} on ${hostOf(pypiUrl)}. Publish it there, or correct the identifier.`,
  );
}

function judgeDescription({ label, serverName, settings }: PackageContext, description: string | null): Outcome {
  if (description === null) {
    const message = `${hostOf(settings.pypiUrl)} gives the description of the newest release only, so it is not known whether ${label} names this server.`;
    return { kind: 'ownership', code: 'NOT_OFFERED', message };
  }
  return judgeToken({
    token: findNameToken(description, serverName),
    serverName,
    label,
    readme: 'project description',
  });
}

function filesOf(document: JsonObject, key: string): ReleaseFile[] {
  return objectsOf(document, key).flatMap(([, file]) => {
    const [filename, sha256] = [textOf(file, 'filename'), textOf(objectOf(file, 'digests') ?? {}, 'sha256')];
    return filename && filename.length <= 255 && sha256 && /^[0-9a-f]{64}$/.test(sha256) ? [{ filename, sha256 }] : [];
  });
}

type FileProvenance = 'absent' | 'not-offered' | ProvenanceVerdict;

async function checkProvenance(context: PackageContext, files: ReleaseFile[]): Promise<Omit<Outcome, 'kind'>> {
  const { label, settings } = context;
  if (files.length === 0) return { code: 'NOTHING_FOUND', message: `${label} has no files.` };
  if (files.length > PACKAGE_LIMITS.files) {
    const message = `${label} has ${files.length} files; provenance is checked of at most ${PACKAGE_LIMITS.files}.`;
    return { code: 'ANSWER_TOO_LARGE', message };
  }
  // The first answer tells whether the index has the API at all.
  const [head, ...tail] = files;
  const first = await checkFile(context, head!);
  if (first === 'not-offered') {
    const message = `${hostOf(settings.pypiUrl)} does not offer attestations, so it is not known whether ${label} has provenance.`;
    return { code: 'NOT_OFFERED', message };
  }
  const answers = [first, ...(await inParallel(tail, (file) => checkFile(context, file)))];
  const verdicts = answers.filter((answer) => typeof answer !== 'string');
  const worst = worstOf(verdicts);
  if (worst !== null && (worst.code === 'PROVENANCE_MISMATCH' || worst.code === 'PROVENANCE_INVALID')) return worst;
  if (worst === null) {
    const message = `${label} was published without attestations. Publish from CI with trusted publishing.`;
    return { code: 'PROVENANCE_ABSENT', message };
  }
  const without = files.filter((_, index) => typeof answers[index] === 'string').map(({ filename }) => filename);
  if (without.length === 0) return { ...worst, facts: { ...worst.facts, files: files.length } };
  const names = without
    .slice(0, 3)
    .map((name) => shown(name))
    .join(', ');
  return {
    code: 'PROVENANCE_PARTIAL',
    message: `${without.length} of ${files.length} files of ${label} have no attestation (${names}). Publish all files from the same workflow.`,
    facts: { without: without.slice(0, 20).map((name) => shown(name)) },
  };
}

async function checkFile(context: PackageContext, { filename, sha256 }: ReleaseFile): Promise<FileProvenance> {
  const { pkg, serverName, repository, roots, settings, ask } = context;
  const path = [canonical(pkg.identifier), pkg.version!, filename].map(encodeURIComponent).join('/');
  const answer = await ask.get(`${settings.pypiUrl}/integrity/${path}/provenance`, {
    accept: 'application/vnd.pypi.integrity.v1+json',
    maxBytes: PACKAGE_LIMITS.attestationBytes,
  });
  // PyPI says in JSON that a file has none; an index without the API has no such page.
  if (answer.status !== 200) return saysNone(answer.body) ? 'absent' : 'not-offered';

  const attestations = objectsOf(parseObject(answer), 'attestation_bundles')
    .flatMap(([, bundle]) => objectsOf(bundle, 'attestations'))
    .map(([, attestation]) => attestation)
    .slice(0, PACKAGE_LIMITS.attestations);
  const verdicts = attestations.map((attestation): ProvenanceVerdict => {
    const bundle = toBundle(attestation);
    if (typeof bundle === 'string') {
      const message = `The provenance of ${shown(filename)} does not hold. ${bundle}`;
      return { code: 'PROVENANCE_INVALID', message, facts: {} };
    }
    return judgeAttestation({
      bundle,
      subject: { algorithm: 'sha256', digest: sha256 },
      predicateTypes: PREDICATE_TYPES,
      what: shown(filename),
      isName: (name) => canonical(name) === canonical(filename),
      repository,
      roots,
      namespace: namespaceOf(serverName),
    });
  });
  return bestOf(verdicts) ?? 'absent';
}

function saysNone(body: Buffer): boolean {
  try {
    const { message } = JSON.parse(body.toString('utf8'));
    return typeof message === 'string' && /no provenance/i.test(message);
  } catch {
    return false;
  }
}

/** The bundle, or why there is none. */
function toBundle(attestation: JsonObject): object | string {
  try {
    return pypiAttestationToBundle(attestation);
  } catch (error) {
    if (error instanceof SigningError) return error.message;
    throw error;
  }
}
