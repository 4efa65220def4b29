export type OciReference = {
  /** `docker.io` where the reference names none. */
  registry: string;
  /** Path below the registry, with Docker Hub's `library/` added to single names. */
  repository: string;
  tag: string | null;
  /** `sha256:…` or `sha512:…`. */
  digest: string | null;
};

const COMPONENT = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?::\d{1,5})?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const MAX_LENGTH = 512;

/**
 * The parts of an image reference `[registry/]repository[:tag][@digest]` (OCI distribution spec, Docker's short names);
 * null where it is none. The first part is a registry if it contains a dot or a port or is `localhost`.
 */
export function parseOciReference(reference: string): OciReference | null {
  if (reference.length > MAX_LENGTH) return null;
  const [named = '', digest = null, ...rest] = reference.split('@');
  if (rest.length > 0 || (digest !== null && !DIGEST.test(digest))) return null;
  const lastSlash = named.lastIndexOf('/');
  const colon = named.indexOf(':', lastSlash + 1);
  const tag = colon === -1 ? null : named.slice(colon + 1);
  if (tag !== null && !TAG.test(tag)) return null;
  const path = colon === -1 ? named : named.slice(0, colon);
  const { registry, repository } = splitRegistry(path);
  return REGISTRY.test(registry) && REPOSITORY.test(repository) ? { registry, repository, tag, digest } : null;
}

function splitRegistry(path: string): { registry: string; repository: string } {
  const slash = path.indexOf('/');
  const first = slash === -1 ? '' : path.slice(0, slash);
  if (first === 'localhost' || /[.:]/.test(first)) {
    const repository = path.slice(slash + 1);
    return first === 'docker.io' ? dockerHub(repository) : { registry: first, repository };
  }
  return dockerHub(path);
}

function dockerHub(repository: string): { registry: string; repository: string } {
  return { registry: 'docker.io', repository: repository.includes('/') ? repository : `library/${repository}` };
}

/**
 * The image of an OCI package. Manifests of older schemas keep the registry in `registryBaseUrl` and the tag or digest in
 * `version`; both are taken where the identifier leaves them open. Null where the parts make no reference or contradict
 * each other.
 */
export function ociReferenceOf({
  identifier,
  version,
  registryBaseUrl,
}: {
  identifier: string;
  version?: string;
  registryBaseUrl?: string;
}): OciReference | null {
  const bare = parseOciReference(identifier);
  if (bare === null) return null;
  const reference = registryBaseUrl === undefined ? bare : onRegistry(identifier, bare, registryBaseUrl);
  if (reference === null || version === undefined || reference.tag !== null || reference.digest !== null)
    return reference;
  const separator = version.startsWith('sha256:') || version.startsWith('sha512:') ? '@' : ':';
  return parseOciReference(`${reference.registry}/${reference.repository}${separator}${version}`);
}

function onRegistry(identifier: string, bare: OciReference, registryBaseUrl: string): OciReference | null {
  if (!URL.canParse(registryBaseUrl)) return null;
  const { host } = new URL(registryBaseUrl);
  if (host === bare.registry) return bare;
  const namesRegistry = bare.registry !== 'docker.io' || identifier.startsWith('docker.io/');
  return namesRegistry ? null : parseOciReference(`${host}/${identifier}`);
}

/** The reference in full: `docker.io/library/debian:12@sha256:…`. */
export function formatOciReference({ registry, repository, tag, digest }: OciReference): string {
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}
