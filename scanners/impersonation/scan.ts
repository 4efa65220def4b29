import type { Manifest } from '#lib/manifest/types.ts';
import type { ScanFacts } from '../facts.ts';
import { SEVERITIES, severityRank } from '../order.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Rule, Scanner, Severity } from '../types.ts';
import { affixOf, closenessOf, skeleton } from './closeness.ts';
import { EXAMPLES } from './examples.ts';
import { isSame, type Model, modelsOf, type Owner, ownerOf, wordOf } from './identity.ts';
import { type PackageLikeness, packageLikeness } from './packages.ts';
import {
  BORROWED_DOMAIN,
  LOOKALIKE_NAMESPACE,
  LOOKALIKE_PACKAGE,
  LOOKALIKE_TITLE,
  RULES,
  SAME_TITLE,
} from './rules.ts';

/** Finds names, packages and titles that are made to be taken for somebody else's. Never against a publisher's own. */
export const impersonation: Scanner = {
  id: 'impersonation',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest, facts }) => {
    if (manifest === null) return [];
    const owner = ownerOf(manifest.name);
    const slug = facts?.holder?.slug ?? null;
    const models = modelsOf(facts);
    const others = models.filter((model) => !isSame(owner, slug, model));
    const own = models.filter((model) => isSame(owner, slug, model));
    return [
      ...namespaceFindings(manifest, owner, others, facts),
      ...borrowedDomain(manifest, others),
      ...packageFindings(manifest, others, own),
      ...titleFindings(manifest, others, own),
    ];
  },
};

const HOW: Record<PackageLikeness | 'trade', { severity: Severity; words: string }> = {
  homoglyph: { severity: 'high', words: 'look-alike letters' },
  hyphens: { severity: 'medium', words: 'hyphens' },
  'swapped-letters': { severity: 'medium', words: 'letters that are doubled or changed places' },
  'one-letter': { severity: 'medium', words: 'one letter' },
  'two-letters': { severity: 'low', words: 'two letters' },
  trust: { severity: 'medium', words: 'a word that claims trust' },
  trade: { severity: 'low', words: 'a word of the trade' },
  'scope-in-name': { severity: 'medium', words: 'its scope as part of the name' },
  'scope-affix': { severity: 'medium', words: 'what was added to the scope' },
};

/** A name that is only in use here is a weaker reason than one that is proven. */
const lessened = (severity: Severity, { isSure }: Model): Severity =>
  isSure ? severity : (SEVERITIES[Math.max(severityRank(severity) - 1, 0)] as Severity);

function namespaceFindings(
  { name }: Manifest,
  owner: Owner,
  others: readonly Model[],
  facts: ScanFacts | undefined,
): RawFinding[] {
  const word = wordOf(owner);
  const found = others.flatMap((model) =>
    model.words.flatMap(({ word: known, kind }) => {
      if (kind !== owner.kind) return [];
      const affix = affixOf(word, known);
      // Who has proven the account may call it after their trade.
      const how =
        closenessOf(word, known) ?? (affix === 'trade' && (facts?.holder?.isVerified || !model.isSure) ? null : affix);
      return how === null ? [] : [{ model, known, how, severity: lessened(HOW[how].severity, model) }];
    }),
  );
  const [worst] = found.sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
  if (worst === undefined) return [];
  const { model, known, how, severity } = worst;
  const message = `"${shown(word)}" differs from "${shown(known)}" of ${shown(model.label)} by ${HOW[how].words}.`;
  return [finding(LOOKALIKE_NAMESPACE, message, '/name', name, word, severity)];
}

const FORGES: Record<string, string> = {
  'com.github': 'io.github',
  'com.gitlab': 'io.gitlab',
  'org.bitbucket': 'io.bitbucket',
};

function borrowedDomain({ name }: Manifest, others: readonly Model[]): RawFinding[] {
  const labels = (name.split('/', 1)[0] as string).split('.');
  const forge = labels.slice(0, 2).join('.').toLowerCase();
  const account = labels[2];
  if (!Object.hasOwn(FORGES, forge) || account === undefined) return [];
  // `api.github.com` and the like are the forge's own.
  if (/^(?:www|api|docs|gist|copilot|mcp|enterprise)$/i.test(account)) return [];
  const isBrand = others.some(({ owners }) =>
    owners.some((owner) => owner.kind === 'account' && owner.name === account.toLowerCase()),
  );
  const message = `${shown(`${forge}.${account}`)} is a subdomain of the forge; an account there is ${shown(`${FORGES[forge]}.${account}`)}.`;
  return [finding(BORROWED_DOMAIN, message, '/name', name, `${forge}.${account}`, isBrand ? 'medium' : 'low')];
}

function packageFindings({ packages = [] }: Manifest, others: readonly Model[], own: readonly Model[]): RawFinding[] {
  const isOwn = (registryType: string, identifier: string) =>
    own.some((model) =>
      model.packages.some((pkg) => pkg.registryType === registryType && pkg.identifier === identifier),
    );
  return packages.slice(0, 20).flatMap((pkg, i): RawFinding[] => {
    const { registryType, identifier } = pkg;
    if (isOwn(registryType, identifier)) return [];
    // The very package of somebody else is no look-alike, whoever lists it.
    if (others.some((model) => model.packages.some((known) => known.identifier === identifier))) return [];
    const found = others.flatMap((model) => {
      const match = packageLikeness(pkg, model);
      return match === null ? [] : [{ ...match, model, severity: lessened(HOW[match.how].severity, model) }];
    });
    const [worst] = found.sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
    if (worst === undefined) return [];
    const message = `${shown(identifier)} differs from ${shown(worst.of)} of ${shown(worst.model.label)} by ${HOW[worst.how].words}.`;
    return [finding(LOOKALIKE_PACKAGE, message, `/packages/${i}/identifier`, identifier, identifier, worst.severity)];
  });
}

const isLatin = (text: string): boolean => !/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(text);

function titleFindings({ title }: Manifest, others: readonly Model[], own: readonly Model[]): RawFinding[] {
  if (title === undefined || title.length < 4) return [];
  const looks = skeleton(title);
  const seen = (model: Model): boolean =>
    (model.isSure && model.title !== null && skeleton(model.title) === looks) || skeleton(model.label) === looks;
  const matching = others.filter(seen);
  const [model] = matching;
  if (model === undefined || own.some(seen)) return [];
  const name = model.title ?? model.label;
  if (!isLatin(title)) {
    const message = `The title looks like "${shown(name)}" and is written with letters of another script.`;
    return [finding(LOOKALIKE_TITLE, message, '/title', title, title, 'high')];
  }
  const verified = matching.find((one) => one.slug !== null && one.title?.toLowerCase() === title.toLowerCase());
  if (verified === undefined) return [];
  const message = `${shown(verified.label)}, whose publisher is verified, has the same title.`;
  return [finding(SAME_TITLE, message, '/title', title, title, 'info')];
}

function finding(
  rule: Rule,
  message: string,
  pointer: string,
  excerpt: string,
  span: string,
  severity: Severity,
): RawFinding {
  const start = Math.max(0, excerpt.toLowerCase().indexOf(span.toLowerCase()));
  return {
    ruleId: rule.id,
    message,
    location: { document: 'server.json', pointer },
    evidence: { excerpt, start, end: Math.min(excerpt.length, start + span.length) },
    severity,
  };
}
