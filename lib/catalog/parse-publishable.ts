import { DomainError } from '#lib/http/domain-error.ts';
import { type Manifest, type ManifestDigests, type ManifestIssue, parseManifest } from '#lib/manifest/index.ts';

/** A manifest that may be published, with its digests and warnings. Throws MANIFEST_INVALID (`details.issues`). */
export function parsePublishable(manifestBytes: Uint8Array): {
  manifest: Manifest;
  digests: ManifestDigests;
  issues: ManifestIssue[];
} {
  const parsed = parseManifest(manifestBytes, { mode: 'publish' });
  if (parsed.ok) return parsed;
  const first = parsed.issues.find((issue) => issue.severity === 'error') ?? parsed.issues[0]!;
  throw new DomainError('MANIFEST_INVALID', `${first.path ? `${first.path}: ` : ''}${first.message}`, {
    issues: parsed.issues,
  });
}
