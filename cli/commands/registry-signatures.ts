import { type ManifestDigests, parseManifest } from '#lib/manifest/index.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { createOutbound, OutboundError } from '#lib/outbound/index.ts';
import { ManifestFault, UsageFault } from './signing-input.ts';

/** A manifest, 20 bundles of the largest size and what is said about them. */
const ANSWER_MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The registry could not be asked, or has no such version. */
export class RegistryFault extends Error {}

export type PublishedVersion = {
  manifest: Manifest;
  manifestBytes: Buffer;
  digests: ManifestDigests;
  bundles: unknown[];
};

/** `io.github.acme/weather@1.0.0` in its parts. Throws UsageFault. */
export function splitReference(reference: string): { name: string; version: string } {
  const at = reference.lastIndexOf('@');
  if (at <= 0 || at === reference.length - 1) {
    throw new UsageFault(
      `"${reference}" is not a published version: expected name@version, e.g. com.acme/weather@1.0.0.`,
    );
  }
  return { name: reference.slice(0, at), version: reference.slice(at + 1) };
}

/**
 * The manifest's bytes and the bundles of a version, from a Hallmark registry. Nothing that the registry says about them
 * is believed: only that its manifest is of this name and version is checked here, the rest by verifying.
 * Throws RegistryFault, ManifestFault.
 */
export async function fetchSignatures(registry: string, reference: string): Promise<PublishedVersion> {
  const { name, version } = splitReference(reference);
  const answer = await ask(registry, name, version);
  const manifestBytes = Buffer.from(typeof answer.manifest === 'string' ? answer.manifest : '', 'base64');
  const parsed = parseManifest(manifestBytes, { mode: 'mirror' });
  if (!parsed.ok) throw new ManifestFault(`${registry} gives no valid manifest for ${reference}.`);
  const { manifest, digests } = parsed;
  if (manifest.name !== name || manifest.version !== version) {
    throw new ManifestFault(
      `${registry} gives the manifest of ${JSON.stringify(`${manifest.name}@${manifest.version}`)} for ${reference}. Nothing was verified.`,
    );
  }
  const signatures = Array.isArray(answer.signatures) ? answer.signatures : [];
  return { manifest, digests, manifestBytes, bundles: signatures.map(({ bundle }) => bundle) };
}

type Answer = { manifest?: unknown; signatures?: { bundle?: unknown }[] };

async function ask(registry: string, name: string, version: string): Promise<Answer> {
  if (!URL.canParse(registry) || !/^https?:$/.test(new URL(registry).protocol)) {
    throw new UsageFault(`--registry ${registry} is not an http or https address.`);
  }
  const base = registry.replace(/\/+$/, '');
  const url = `${base}/api/v1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}/signatures`;
  // The address is the caller's own: a registry in the own network is as good as any.
  const request = { maxBytes: ANSWER_MAX_BYTES, timeoutMs: TIMEOUT_MS, trustedOrigins: [new URL(registry).origin] };
  const response = await createOutbound()
    .fetch(url, request)
    .catch((error: unknown) => {
      throw error instanceof OutboundError ? new RegistryFault(error.message) : error;
    });
  const body = parseJson(response.body);
  if (response.status === 200 && body) return body;
  if (response.status === 404 && body && 'code' in body) {
    throw new RegistryFault(`${registry} has no ${name}@${version}.`);
  }
  throw new RegistryFault(
    `${registry} gives no signatures (status ${response.status}). Only Hallmark registries keep them; for others verify files.`,
  );
}

function parseJson(bytes: Buffer): Answer | null {
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof json === 'object' && json !== null ? json : null;
  } catch {
    return null;
  }
}
