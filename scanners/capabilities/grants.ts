import type { Manifest } from '#lib/manifest/types.ts';
import { isSecretName, type ManifestInput, manifestInputs, nameWords } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Rule } from '../types.ts';
import { ADMIN_SECRET, WILDCARD_HOST, WILDCARD_SCOPE } from './rules.ts';
import { isBroadScope, scopesOf } from './scopes.ts';

/** What a manifest asks for or sets that is wider than one server's tools need. */
export function grantFindings(manifest: Manifest): RawFinding[] {
  return [
    ...scopesOf(manifest)
      .filter(({ scope }) => isBroadScope(scope))
      .map(({ scope, pointer }) =>
        fact(WILDCARD_SCOPE, `The scope ${shown(scope)} stands for everything.`, pointer, scope),
      ),
    ...manifestInputs(manifest).flatMap((input) => [...adminSecret(input), ...openHosts(input)]),
  ];
}

const ADMIN = /^(?:admin|administrator|root|superuser|superadmin|master|owner)$/;

function adminSecret({ name, input, pointer }: ManifestInput): RawFinding[] {
  const words = nameWords(name);
  const isService = words.includes('service') && words.includes('role');
  const isAdmin = isSecretName(name) && words.some((word) => ADMIN.test(word));
  if (!isAdmin && !(isService && /^(?:key|token|secret)$/.test(words.at(-1) ?? ''))) return [];
  // `Authorization: Bearer {admin_token}` is told by the variable inside it.
  if (Object.keys(input.variables ?? {}).length > 0) return [];
  return [fact(ADMIN_SECRET, `Asks for ${shown(name)}.`, pointer, name)];
}

const HOST_LIST = /^(?:allow|allowed|cors|trusted|permitted)$/;
const HOST_NOUN = /^(?:host|hosts|origin|origins|domain|domains|cors|ip|ips)$/;
const BINDS = /^(?:host|bind|listen|address|hostname)$/;
const EVERYWHERE = /^(?:0\.0\.0\.0|\[?::\]?)(?::\d{1,5})?$/;

function openHosts({ role, name, input, pointer }: ManifestInput): RawFinding[] {
  const value = (input.value ?? input.default ?? '').slice(0, 1_000);
  const words = nameWords(name);
  const entries = value.split(/[\s,;]+/);
  const isList = words.some((word) => HOST_LIST.test(word)) && words.some((word) => HOST_NOUN.test(word));
  if (isList && entries.some((entry) => /^(?:https?:\/\/)?\*$/.test(entry))) {
    return [fact(WILDCARD_HOST, `${shown(name)} is set to every host.`, pointer, `${name}=${value}`)];
  }
  const isBind = (role === 'environment' || role === 'package-argument') && BINDS.test(words.at(-1) ?? '');
  if (!isBind || !EVERYWHERE.test(value)) return [];
  return [fact(WILDCARD_HOST, `${shown(name)} has the server listen on every address.`, pointer, `${name}=${value}`)];
}

const fact = (rule: Rule, message: string, pointer: string, excerpt: string): RawFinding => ({
  ruleId: rule.id,
  message,
  location: { document: 'server.json', pointer },
  evidence: { excerpt: shown(excerpt), start: 0, end: shown(excerpt).length },
});
