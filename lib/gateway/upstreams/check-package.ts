import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { type Outbound, OutboundError } from '#lib/outbound/index.ts';
import { GatewayError } from '../decisions/reasons.ts';
import { packageOf } from '../decisions/select-version.ts';

/** `check` refuses a package that is another one, `require` also one that cannot be compared, `off` compares nothing. */
export type PackageCheck = 'off' | 'check' | 'require';

const MAX_DOCUMENT = 4 * 1024 * 1024;
/** A registry that does not answer must not hold up the start of a session for long. */
const TIMEOUT_MS = 5000;

/**
 * Compares the approved digest with what the package registry offers now, before the command is started. Only npm says
 * it in one short document (`dist.integrity`); npm itself then compares the archive with that. A command that names the
 * digest (`image@sha256:…`) is pinned by it. Between this look and the start the registry could change its answer, and
 * dependencies are not covered: this is a tripwire, not a seal.
 *
 * Returns why it could not be compared, or null when it is the approved one. Throws `GatewayError` PACKAGE_CHANGED, or
 * PACKAGE_UNCHECKED where `mode` is require.
 */
export async function checkPackage({
  entry,
  mode,
  registry,
  outbound,
}: {
  entry: FeedServerVersion;
  mode: PackageCheck;
  /** Base address of the npm registry. */
  registry: string;
  outbound: Outbound;
}): Promise<string | null> {
  if (mode === 'off') return null;
  const unchecked = await compare({ entry, registry, outbound });
  if (unchecked !== null && mode === 'require') throw new GatewayError('PACKAGE_UNCHECKED', unchecked);
  return unchecked;
}

async function compare({
  entry,
  registry,
  outbound,
}: {
  entry: FeedServerVersion;
  registry: string;
  outbound: Outbound;
}): Promise<string | null> {
  const found = packageOf(entry);
  if (!found) return 'The list names no package that is started.';
  const { registryType, identifier, version, digest, command } = found;
  const label = `${identifier} ${version ?? ''}`.trim();
  if (!digest) return `The list has no digest of ${label}.`;
  if (/^sha256:[0-9a-f]{64}$/.test(digest) && command?.some((part) => part.endsWith(`@${digest}`))) return null;
  if (registryType !== 'npm' || !version) return `Packages of ${registryType} cannot be compared before they start.`;
  const offered = await npmIntegrity({ identifier, version, registry, outbound });
  if ('fault' in offered) return `${label} could not be compared: ${offered.fault}`;
  const isSame = digest.split(/\s+/).some((one) => offered.integrity.split(/\s+/).includes(one));
  if (isSame) return null;
  throw new GatewayError('PACKAGE_CHANGED', `The registry offers another ${label} than the one that was approved.`);
}

async function npmIntegrity({
  identifier,
  version,
  registry,
  outbound,
}: {
  identifier: string;
  version: string;
  registry: string;
  outbound: Outbound;
}): Promise<{ integrity: string } | { fault: string }> {
  const base = registry.replace(/\/+$/, '');
  const url = `${base}/${identifier.replace('/', '%2f')}/${encodeURIComponent(version)}`;
  try {
    const { status, body } = await outbound.fetch(url, {
      headers: { accept: 'application/json' },
      maxBytes: MAX_DOCUMENT,
      timeoutMs: TIMEOUT_MS,
      trustedOrigins: [new URL(base).origin],
    });
    if (status !== 200) return { fault: `the registry answered ${status}.` };
    const { dist } = JSON.parse(body.toString('utf8')) as { dist?: { integrity?: unknown } };
    return typeof dist?.integrity === 'string'
      ? { integrity: dist.integrity }
      : { fault: 'the registry names no integrity.' };
  } catch (error) {
    return { fault: error instanceof OutboundError ? error.message : 'the registry answered something else.' };
  }
}
