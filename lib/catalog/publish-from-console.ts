import { grantOfViewer } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { ManifestIssue } from '#lib/manifest/types.ts';
import { publishVersion } from './publish-version.ts';
import type { PublishAnswer } from './views.ts';

/** Publishes what was pasted into the console. Every refusal comes back as an answer, with all issues of the manifest. */
export async function publishFromConsole({
  viewer,
  manifestText,
  bundleText,
}: {
  viewer: Viewer;
  manifestText: string;
  bundleText?: string;
}): Promise<PublishAnswer> {
  try {
    const published = await publishVersion({
      manifestBytes: new Uint8Array(Buffer.from(manifestText, 'utf8')),
      bundle: parseBundle(bundleText),
      grant: grantOfViewer(viewer),
      origin: 'published',
    });
    const { name, version, signatureState, signatureMessage, issues } = published;
    return { ok: true, name, version, signatureState, signatureMessage, issues };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return {
      ok: false,
      code: error.code,
      message: error.message,
      issues: (error.details.issues as ManifestIssue[] | undefined) ?? [],
    };
  }
}

/** The bundle as JSON; undefined where there is none. Throws BAD_REQUEST. */
export function parseBundle(text: string | undefined): unknown {
  if (!text?.trim()) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('BAD_REQUEST', 'The bundle is not JSON. Give the file that `hallmark sign` or cosign wrote.');
  }
}
