import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import type { Audit } from '../audit/audit.ts';
import { GatewayError } from '../decisions/reasons.ts';
import { commandOf, packageOf, remoteOf } from '../decisions/select-version.ts';
import { checkPackage, type PackageCheck } from './check-package.ts';
import { ChildServer } from './child-server.ts';
import { type Caller, type ServerCredentials, sessionCredentials } from './credentials.ts';
import { RemoteServer, TRANSPORT_HEADERS } from './remote-server.ts';
import type { Upstream } from './upstream.ts';

/** How the operator wants one server to be reached. */
export type Reach = {
  /** The operator's own command instead of the allowlist's. */
  exec: string[] | null;
  /** Further arguments for the server's command. */
  args: string[];
  /** The environment of the server's process, complete but for credentials. */
  env: Record<string, string>;
  /** `true` for the first approved address, or the approved address to use; null for the package where there is one. */
  remote: string | true | null;
  credentials: ServerCredentials;
};

export type UpstreamSettings = {
  outbound: Outbound;
  /** Origins that the operator vouches for: http and private addresses are allowed there. */
  trustedOrigins: readonly string[];
  packageCheck: PackageCheck;
  npmRegistry: string;
  callTimeoutMs: number;
  /** Of the gateway's own process, for secrets. */
  env: NodeJS.ProcessEnv;
};

/**
 * The real server of an approved version, not started yet. Throws `GatewayError` with NO_COMMAND, REMOTE_NOT_ALLOWED, a
 * code of `sessionCredentials` or `checkPackage`.
 */
export async function openUpstream({
  entry,
  reach,
  caller,
  settings,
  audit,
}: {
  entry: FeedServerVersion;
  reach: Reach;
  caller: Caller;
  settings: UpstreamSettings;
  audit: Audit;
}): Promise<Upstream> {
  const credentials = await sessionCredentials({
    entry,
    configured: reach.credentials,
    caller,
    env: settings.env,
  });
  if (isRemote(entry, reach)) {
    const own = Object.keys(credentials).find((name) => TRANSPORT_HEADERS.has(name.toLowerCase()));
    if (own)
      throw new GatewayError('CREDENTIAL_MODE', `${own} is a header of the transport and carries no credentials.`);
    return new RemoteServer({
      url: remoteOf({ entry, url: typeof reach.remote === 'string' ? reach.remote : null }),
      headers: credentials,
      outbound: settings.outbound,
      trustedOrigins: settings.trustedOrigins,
      timeoutMs: settings.callTimeoutMs,
    });
  }
  const command = commandOf({ entry, exec: reach.exec, args: reach.args });
  if (reach.exec === null) {
    const { packageCheck: mode, npmRegistry: registry, outbound } = settings;
    const unchecked = await checkPackage({ entry, mode, registry, outbound });
    if (unchecked) audit({ event: 'start', code: 'PACKAGE_UNCHECKED', message: unchecked });
  }
  return new ChildServer({ command, env: { ...reach.env, ...credentials } });
}

export function isRemote(entry: FeedServerVersion, { exec, remote }: Pick<Reach, 'exec' | 'remote'>): boolean {
  if (remote !== null) return true;
  return exec === null && packageOf(entry) === null && entry.remotes.length > 0;
}
