import type { SignerFacts } from './types.ts';

/** `acme/weather` of `https://github.com/acme/weather`; null when the text is not such a URL. */
export function pathOf(repositoryUrl: string): string | null {
  const match = /^https?:\/\/[^/]+\/(.+)$/.exec(repositoryUrl);
  return match?.[1] ?? null;
}

/**
 * The workflow that ran, without host and ref: `full` with its repository, `own` without, or null when it lies in
 * another repository than the signer's. Null when the certificate names no workflow on the host of its repository.
 * GitHub writes `https://host/owner/repository/path@ref`, GitLab `https://host/group/project//path@ref`.
 */
export function workflowOf({ workflow, repository, ref }: SignerFacts): { full: string; own: string | null } | null {
  if (workflow === null || repository === null) return null;
  const path = pathOf(repository);
  const host = path === null ? null : repository.slice(0, repository.length - path.length);
  if (path === null || host === null || !workflow.startsWith(host)) return null;

  const full = withoutRef(workflow.slice(host.length), ref);
  if (full === null) return null;
  const separator = [`${path}//`, `${path}/`].find((prefix) => full.startsWith(prefix));
  return { full, own: separator ? full.slice(separator.length) : null };
}

/**
 * Both file names and tags may hold an `@` (`release.yml@x.yml`, `refs/tags/pkg@1.0.0`). Cutting at the first one would
 * let a file pass for another; so the known ref is cut off, and failing that the part behind the last `@`.
 */
function withoutRef(text: string, ref: string | null): string | null {
  if (ref?.startsWith('refs/') && text.endsWith(`@${ref}`)) return text.slice(0, -ref.length - 1);
  const at = text.lastIndexOf('@');
  return at > 0 ? text.slice(0, at) : null;
}
