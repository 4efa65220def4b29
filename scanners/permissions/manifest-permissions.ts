import type { Manifest } from '#lib/manifest/types.ts';
import { isEngineSocket, mountsOf, runtimeFlags } from '../capabilities/mounts.ts';
import { isWritingScope, scopesOf } from '../capabilities/scopes.ts';
import { isSecretName, manifestInputs, nameWords } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { Permission } from '../types.ts';

/**
 * What a manifest declares: the hosts that its remotes send to, the secrets, files and databases it asks for, the OAuth
 * scopes it sets, the directories it mounts.
 */
export function manifestPermissions(manifest: Manifest): Permission[] {
  const found: Permission[] = [];
  const add = (kind: Permission['kind'], scope: string, evidence: string) =>
    found.push({ kind, scope, basis: 'declared', evidence: [evidence] });

  for (const [i, { url }] of (manifest.remotes ?? []).entries()) {
    const host = URL.canParse(url) ? new URL(url).host : url;
    add('send-out', decoded(host), `server.json /remotes/${i}`);
  }
  for (const { name, input, pointer } of manifestInputs(manifest)) {
    const isFilled = Object.keys(input.variables ?? {}).length > 0;
    if (name !== '' && (input.isSecret === true || (isSecretName(name) && !isFilled)))
      add('secrets', shown(name), `server.json ${pointer}`);
    if (name !== '' && input.format === 'filepath')
      add('read', `the file or directory given as ${shown(name)}`, `server.json ${pointer}`);
    if (CONNECTION.test(nameWords(name).join(' '))) {
      add('read', `the database given as ${shown(name)}`, `server.json ${pointer}`);
      add('change', `the database given as ${shown(name)}`, `server.json ${pointer}`);
    }
  }
  for (const { scope, pointer } of scopesOf(manifest)) {
    add('read', `what the OAuth scope ${shown(scope)} allows`, `server.json ${pointer}`);
    if (isWritingScope(scope)) add('change', `what the OAuth scope ${shown(scope)} allows`, `server.json ${pointer}`);
  }
  for (const mount of mountsOf(runtimeFlags(manifest))) {
    const evidence = `server.json ${mount.pointer}`;
    if (isEngineSocket(mount)) {
      add('run-code', 'containers, through the socket of the container engine', evidence);
      continue;
    }
    const scope = `${shown(mount.host)} on the host`;
    add('read', scope, evidence);
    if (!mount.isReadOnly) add('change', scope, evidence);
  }
  return found;
}

/** Names of addresses that carry the account of a database in them. */
const CONNECTION =
  /^(?:.* )?(?:(?:database|db|postgres|postgresql|pg|mysql|mariadb|mongo|mongodb|redis|mssql|sql) (?:url|uri|dsn|connection|connection string)|connection string|dsn)$/;

/** URL templates keep their braces readable. */
const decoded = (host: string): string => host.replaceAll('%7B', '{').replaceAll('%7D', '}');
