import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from '../decisions/scope.ts';

/** Somebody who may use the gateway, and what is taken away from them. */
export type KnownClient = {
  name: string;
  tokenSha256: string;
  team: string | null;
  group: string | null;
  readOnly: boolean;
};

export type ClientIdentity = { name: string; scope: Scope };

/**
 * Whose request this is; null when it shows no token that is known. Without any known clients everybody who reaches the
 * gateway may use it, in the gateway's own scope. A client's team and group come in place of the gateway's.
 */
export function identifyClient({
  authorization,
  clients,
  scope,
}: {
  authorization: string | undefined;
  clients: readonly KnownClient[];
  scope: Scope;
}): ClientIdentity | null {
  if (clients.length === 0) return { name: 'anyone', scope };
  const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return null;
  const given = createHash('sha256').update(token).digest();
  const known = clients.find(({ tokenSha256 }) => timingSafeEqual(Buffer.from(tokenSha256, 'hex'), given));
  if (!known) return null;
  return {
    name: known.name,
    scope: {
      environment: scope.environment,
      team: known.team ?? scope.team,
      group: known.group ?? scope.group,
      readOnly: scope.readOnly || known.readOnly,
    },
  };
}
