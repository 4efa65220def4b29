import { grantOfViewer } from '#lib/auth/grants.ts';
import { requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { parseBundle } from '#lib/catalog/publish-from-console.ts';
import type { SignatureState } from '#lib/catalog/views.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/**
 * Adds a bundle to a version that a publisher published. One that does not verify is kept and shown as invalid. Throws
 * FORBIDDEN, NOT_FOUND, NAMESPACE_FORBIDDEN, BAD_REQUEST, CONFLICT.
 */
export async function signPublished({
  viewer,
  publisherSlug,
  serverName,
  version,
  bundleText,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  serverName: string;
  version: string;
  bundleText: string;
  now?: Date;
}): Promise<{ signatureState: SignatureState; signatureMessage: string | null }> {
  await requirePublisher(viewer, publisherSlug, 'signature.add');
  const bundle = parseBundle(bundleText);
  if (bundle === undefined) throw new DomainError('BAD_REQUEST', 'Choose the bundle, or paste it.');
  const { signatureState, signatureMessage } = await addSignature({
    serverName,
    version,
    bundle,
    grant: grantOfViewer(viewer),
    now,
  });
  return { signatureState, signatureMessage };
}
