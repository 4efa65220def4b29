import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import { isSecretName, manifestInputs, nameWords } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding } from '../types.ts';
import { UNUSED_SECRET } from './rules.ts';

/** Words of a secret's name that name no service. */
const GENERIC: ReadonlySet<string> = new Set(
  (
    'api apikey app application access account admin auth authentication authorization authtoken base basic bearer bot client ' +
    'cli cloud cookie cred credential credentials custom database default dev development encryption env file ' +
    'header http https id integration internal json jwt key keys local login main master mcp mnemonic my oauth oauth2 org ' +
    'organization owner pass passphrase passwd password pat personal platform private prod production project proxy public ' +
    'read refresh remote role root secret secrets seed phrase server service session shared signing sso staging store system ' +
    'team tenant test token tokens url user username wallet webhook workspace write x'
  ).split(' '),
);
const MIN_WORD = 4;
/** UTF-16 units of what a server says about itself that are looked through. */
const MAX_TEXT = 400_000;

/**
 * Secrets whose name is that of a service which neither the manifest nor any tool speaks of. Nothing is said before the tools
 * were seen, nor about names without a word of their own.
 */
export function unusedSecrets(manifest: Manifest, definitions: Definitions): RawFinding[] {
  const { tools } = definitions;
  if (tools === null || tools.length === 0) return [];
  const secrets = manifestInputs(manifest).filter(
    ({ name, input }) =>
      (input.isSecret === true || isSecretName(name)) && Object.keys(input.variables ?? {}).length === 0,
  );
  const named = secrets.flatMap(({ name, input, pointer }) => {
    const words = nameWords(name).filter(
      (word) => word.length >= MIN_WORD && !GENERIC.has(word) && !/^\d+$/.test(word),
    );
    return words.length === 0 || input.description !== undefined ? [] : [{ name, pointer, words }];
  });
  if (named.length === 0) return [];
  const text = saidBy(manifest, definitions);
  return named
    .filter(({ words }) => !words.some((word) => text.includes(word)))
    .map(({ name, pointer, words }) => ({
      ruleId: UNUSED_SECRET.id,
      message: `Asks for ${shown(name)}; neither the manifest nor a tool speaks of ${shown(words.join(' '))}.`,
      location: { document: 'server.json', pointer },
      evidence: { excerpt: shown(name), start: 0, end: shown(name).length },
    }));
}

/** Everything that a server says about itself but the inputs, in lower case, without what divides words. */
function saidBy(
  { name, title, description, repository, websiteUrl, packages, remotes }: Manifest,
  { tools, instructions, prompts }: Definitions,
): string {
  const parts = [name, title, description, repository?.url, websiteUrl, instructions];
  for (const { identifier } of packages ?? []) parts.push(identifier);
  for (const { url } of remotes ?? []) parts.push(url);
  for (const prompt of prompts ?? []) parts.push(prompt.name, prompt.description);
  let length = 0;
  for (const tool of tools ?? []) {
    const properties = tool.inputSchema?.properties;
    const names = typeof properties === 'object' && properties !== null ? Object.keys(properties).join(' ') : '';
    parts.push(tool.name, tool.description, names);
    length += tool.name.length + (tool.description?.length ?? 0) + names.length;
    if (length > MAX_TEXT) break;
  }
  return parts
    .map((part) => (part ?? '').slice(0, MAX_TEXT))
    .join(' ')
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}
