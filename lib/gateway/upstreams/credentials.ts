import { readFile } from 'node:fs/promises';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { GatewayError } from '../decisions/reasons.ts';

/** Where a secret is: never in the configuration itself. Read anew for each session, so that it can be rotated. */
export type SecretSource = { file: string } | { env: string };

export type ServerCredentials = {
  /** The gateway's own: header name at a remote server, or variable name for a package, to where the secret is. */
  shared: Record<string, SecretSource & { prefix?: string | undefined }>;
  /** The caller's own: header name at the gateway to header or variable name at the server. */
  personal: Record<string, string>;
};

export const NO_CREDENTIALS: ServerCredentials = { shared: {}, personal: {} };

/** What one client brought with it: header names are lower-case. `isLocal` where the gateway runs for one person. */
export type Caller = { headers: Record<string, string>; isLocal: boolean };

/**
 * The credentials of one session, by the names under which the server wants them. `personal` entries of the list get
 * the caller's own and never the gateway's; `shared` ones never the caller's. Without a mode, what is configured is used,
 * the caller's first. Throws `GatewayError` CREDENTIAL_MODE or CREDENTIALS_MISSING.
 */
export async function sessionCredentials({
  entry,
  configured,
  caller,
  env,
}: {
  entry: FeedServerVersion;
  configured: ServerCredentials;
  caller: Caller;
  env: NodeJS.ProcessEnv;
}): Promise<Record<string, string>> {
  const mode = entry.credentialMode;
  const hasShared = Object.keys(configured.shared).length > 0;
  const hasPersonal = Object.keys(configured.personal).length > 0;
  if (mode === 'personal' && hasShared && !caller.isLocal) {
    throw new GatewayError(
      'CREDENTIAL_MODE',
      'The list wants the credentials of each person, not those of the gateway.',
    );
  }
  if (mode === 'shared' && hasPersonal) {
    throw new GatewayError('CREDENTIAL_MODE', "The list wants the gateway's credentials, not those of each person.");
  }
  const found: Record<string, string> = {};
  for (const [name, source] of Object.entries(configured.shared)) found[name] = await readSecret(source, env);
  for (const [header, name] of Object.entries(configured.personal)) {
    const value = caller.headers[header];
    if (value !== undefined) found[name] = value;
    else if (found[name] === undefined) {
      throw new GatewayError('CREDENTIALS_MISSING', `This server needs your own credentials in the header ${header}.`);
    }
  }
  return found;
}

async function readSecret(
  source: SecretSource & { prefix?: string | undefined },
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const place = 'file' in source ? source.file : `the variable ${source.env}`;
  const text = 'file' in source ? await readFile(source.file, 'utf8').catch(() => undefined) : env[source.env];
  const secret = text?.trim();
  if (!secret) throw new GatewayError('CREDENTIALS_MISSING', `${place} holds no credentials.`);
  if (/[\r\n\0]/.test(secret)) throw new GatewayError('CREDENTIALS_MISSING', `${place} holds more than one line.`);
  return `${source.prefix ?? ''}${secret}`;
}
