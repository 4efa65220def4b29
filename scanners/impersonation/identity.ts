import type { ScanFacts } from '../facts.ts';
import { accountOf } from '../supply-chain/repositories.ts';
import { WELL_KNOWN } from './well-known.ts';

/** Endings under which names are registered at the third place, e.g. co.uk. */
const SECOND_LEVEL = /^(?:co|com|org|net|ac|gov|edu)$/;

/** Who a namespace stands for: an account of a forge, or the domain that somebody registered, both in lower case. */
export type Owner = { kind: 'account' | 'domain'; name: string };

/** `io.github.Acme/x` → account acme; `com.acme.mcp/x` → domain com.acme. */
export function ownerOf(serverName: string): Owner {
  const account = accountOf(serverName);
  if (account !== null) return { kind: 'account', name: account.owner };
  const labels = (serverName.split('/', 1)[0] as string).toLowerCase().split('.');
  const depth = labels[0]?.length === 2 && SECOND_LEVEL.test(labels[1] ?? '') ? 3 : 2;
  return { kind: 'domain', name: labels.slice(0, depth).join('.') };
}

/** The word of an owner that people read: the account, or the label that was registered. */
export const wordOf = ({ kind, name }: Owner): string =>
  kind === 'account' ? name : (name.split('.').at(-1) as string);

/** Somebody whose name is worth taking. */
export type Model = {
  /** For people: `Microsoft`, `com.acme/weather`. */
  label: string;
  owners: readonly Owner[];
  /** Words that look-alikes are compared with. */
  words: readonly { word: string; kind: Owner['kind'] }[];
  scopes: readonly string[];
  packages: readonly { registryType: string; identifier: string }[];
  title: string | null;
  /** Slug of the publisher in this catalog. */
  slug: string | null;
  /** Well known or verified; else only in use. */
  isSure: boolean;
};

const BUILT_IN: readonly Model[] = WELL_KNOWN.map(({ name, accounts, domains, scopes, packages }) => ({
  label: name,
  owners: [
    ...accounts.map((account) => ({ kind: 'account' as const, name: account })),
    ...domains.map((domain) => ({ kind: 'domain' as const, name: domain })),
  ],
  words: [
    ...accounts.map((account) => ({ word: account, kind: 'account' as const })),
    ...domains.map((domain) => ({ word: domain.split('.').at(-1) as string, kind: 'domain' as const })),
  ],
  scopes,
  packages: packages.map((text) => {
    const at = text.indexOf(':');
    return { registryType: text.slice(0, at), identifier: text.slice(at + 1) };
  }),
  title: null,
  slug: null,
  isSure: true,
}));

const MAX_MODELS = 1_000;

/** The built-in publishers and the known servers of the catalog. */
export function modelsOf(facts: ScanFacts | undefined): Model[] {
  const known = (facts?.known ?? []).slice(0, MAX_MODELS).map(({ name, title, holder, packages }): Model => {
    const owner = ownerOf(name);
    return {
      label: name,
      owners: [owner],
      words: [{ word: wordOf(owner), kind: owner.kind }],
      scopes: packages.flatMap(({ registryType, identifier }) => scopeOf(registryType, identifier) ?? []),
      packages,
      title,
      slug: holder?.slug ?? null,
      isSure: holder?.isVerified === true,
    };
  });
  return [...BUILT_IN, ...known];
}

/** Whether a scanned server is by the model itself: the same owner, or the same publisher here. */
export const isSame = (owner: Owner, slug: string | null, model: Model): boolean =>
  model.owners.some(({ kind, name }) => kind === owner.kind && name === owner.name) ||
  (slug !== null && slug === model.slug);

export function scopeOf(registryType: string, identifier: string): string | null {
  return registryType === 'npm' && identifier.startsWith('@')
    ? identifier.slice(1, Math.max(1, identifier.indexOf('/'))).toLowerCase()
    : null;
}
