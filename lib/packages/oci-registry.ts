import { createHash } from 'node:crypto';
import type { OciReference } from '#lib/manifest/index.ts';
import { textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { OutboundResponse } from '#lib/outbound/index.ts';
import { type Ask, type AskOptions, parseObject } from './ask.ts';
import { CheckFault } from './check-fault.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { shown } from './shown.ts';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export type OciManifest = { digest: string; document: JsonObject };

/** Reading one repository of an OCI registry as anybody may. https://github.com/opencontainers/distribution-spec */
export type OciRegistry = {
  /** By tag or digest; null where it is not there or only for those who sign in. */
  manifest(reference: string): Promise<OciManifest | null>;
  /** A JSON blob, whose bytes have this digest. */
  blob(digest: string): Promise<JsonObject>;
  /** A blob's bytes piece by piece, at most `maxBytes` of them. The caller compares them with the digest. */
  download(
    digest: string,
    options: { maxBytes: number; timeoutMs: number; onChunk: (chunk: Uint8Array) => void },
  ): Promise<void>;
  /** Manifests that refer to this digest, as the registry lists them (an index); null where there are none. */
  referrers(digest: string): Promise<JsonObject | null>;
};

export function openOciRegistry({ registry, repository }: OciReference, ask: Ask): OciRegistry {
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const base = `https://${host}/v2/${repository}`;
  let token: string | null = null;

  const get = async (url: string, options: AskOptions): Promise<OutboundResponse> => {
    const headers = (): Record<string, string> => (token === null ? {} : { authorization: `Bearer ${token}` });
    const first = await ask.get(url, { ...options, headers: headers(), also: [401, 403] });
    if (first.status !== 401 || token !== null) return first;
    token = await fetchToken(ask, first.headers.get('www-authenticate') ?? '', repository);
    return token === null ? first : ask.get(url, { ...options, headers: headers(), also: [401, 403] });
  };

  const manifest = async (reference: string): Promise<OciManifest | null> => {
    const answer = await get(`${base}/manifests/${reference}`, { accept: MANIFEST_TYPES });
    if (answer.status !== 200) return null;
    const isDigest = reference.includes(':');
    if (isDigest) requireDigest(answer.body, reference, `${registry}/${repository}`);
    const digest = isDigest ? reference : `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
    return { digest, document: parseObject(answer) };
  };

  return {
    manifest,
    blob: async (digest) => {
      const answer = await get(`${base}/blobs/${digest}`, { accept: '*/*' });
      const where = `${digest} of ${registry}/${repository}`;
      if (answer.status !== 200) {
        throw new CheckFault('CONTENT_UNREADABLE', `The registry does not have ${where}. Push the image again.`);
      }
      requireDigest(answer.body, digest, `${registry}/${repository}`);
      try {
        return parseObject(answer);
      } catch {
        // The digest says that these are the bytes that were pushed: the fault is the publisher's.
        throw new CheckFault('CONTENT_UNREADABLE', `${where} is not the JSON that it should be. Push the image again.`);
      }
    },
    download: async (digest, options) => {
      const answer = await get(`${base}/blobs/${digest}`, { accept: '*/*', maxRedirects: 5, ...options });
      if (answer.status === 200) return;
      const where = `${digest} of ${registry}/${repository}`;
      throw new CheckFault('CONTENT_UNREADABLE', `The registry does not have ${where}. Push the image again.`);
    },
    referrers: async (digest) => {
      const answer = await get(`${base}/referrers/${digest}`, { accept: MANIFEST_TYPES });
      // Registries without this API keep the same list under a tag (distribution spec, "Referrers Tag Schema").
      if (answer.status !== 200) return (await manifest(digest.replace(':', '-')))?.document ?? null;
      return parseObject(answer);
    },
  };
}

function requireDigest(bytes: Buffer, digest: string, where: string): void {
  const [algorithm = '', hex] = digest.split(':');
  if (createHash(algorithm).update(bytes).digest('hex') === hex) return;
  throw new CheckFault(
    'DIGEST_MISMATCH',
    `${where} answers with other content than ${shown(digest)}. Push the image again, or name the digest that the registry has.`,
  );
}

/**
 * The anonymous token that a registry's `WWW-Authenticate: Bearer realm="…"` leads to (Docker token authentication), null
 * where it gives none. The realm is the registry's choice and is asked like any address that somebody else chose.
 */
async function fetchToken(ask: Ask, challenge: string, repository: string): Promise<string | null> {
  const [realm, service] = ['realm', 'service'].map((name) => parameterOf(challenge, name));
  if (!/^bearer\s/i.test(challenge) || !realm || !URL.canParse(realm)) return null;
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const answer = await ask.get(url.href, { maxBytes: PACKAGE_LIMITS.attestationBytes, also: [401, 403] });
  if (answer.status !== 200) return null;
  const document = parseObject(answer);
  const token = textOf(document, 'token') ?? textOf(document, 'access_token') ?? '';
  return /^[\x21-\x7e]{1,16384}$/.test(token) ? token : null;
}

function parameterOf(challenge: string, name: string): string | undefined {
  return new RegExp(`[\\s,]${name}="([^"]*)"`, 'i').exec(challenge.slice(0, 4096))?.[1];
}
