import type { FeedFacts, FeedInput } from '#lib/feed/documents.ts';
import type { ExportInputValue, VersionFacts } from './types.ts';

/** As much of a version's own words as one line of a list may hold: a list of ten thousand is read by every gateway. */
const MAX_BYTES = 4096;

/** The facts as the feed carries them. Too long, they go without the descriptions of variables; still too long, not at all. */
export function feedFacts(facts: VersionFacts): FeedFacts | null {
  for (const withWords of [true, false]) {
    const packed = pack(facts, withWords);
    if (Buffer.byteLength(JSON.stringify(packed)) <= MAX_BYTES) return packed;
  }
  return null;
}

/** The facts that a feed carries. */
export function factsOfFeed({ packages, remotes, ...words }: FeedFacts): VersionFacts {
  return {
    title: words.title ?? null,
    description: words.description ?? '',
    websiteUrl: words.websiteUrl ?? null,
    repositoryUrl: words.repositoryUrl ?? null,
    toolCount: words.toolCount ?? null,
    packages: packages.map((pkg) => pkg && { env: (pkg.environment ?? []).map(unpackInput), needs: pkg.needs ?? [] }),
    remotes: remotes.map(
      (remote) => remote && { transport: remote.transport, headers: (remote.headers ?? []).map(unpackInput) },
    ),
  };
}

function pack(
  { title, description, websiteUrl, repositoryUrl, toolCount, ...starts }: VersionFacts,
  withWords: boolean,
) {
  const packed: FeedFacts = {
    ...(title === null ? {} : { title }),
    ...(description === '' ? {} : { description }),
    ...(websiteUrl === null ? {} : { websiteUrl }),
    ...(repositoryUrl === null ? {} : { repositoryUrl }),
    ...(toolCount === null ? {} : { toolCount }),
    packages: starts.packages.map(
      (pkg) =>
        pkg && {
          ...(pkg.env.length > 0 ? { environment: pkg.env.map((input) => packInput(input, withWords)) } : {}),
          ...(pkg.needs.length > 0 ? { needs: pkg.needs } : {}),
        },
    ),
    remotes: starts.remotes.map(
      (remote) =>
        remote && {
          transport: remote.transport,
          ...(remote.headers.length > 0 ? { headers: remote.headers.map((input) => packInput(input, withWords)) } : {}),
        },
    ),
  };
  return packed;
}

const packInput = ({ name, value, isSecret, description }: ExportInputValue, withWords: boolean): FeedInput => ({
  name,
  ...(value === null ? {} : { value }),
  ...(isSecret ? { isSecret } : {}),
  ...(description !== null && withWords ? { description } : {}),
});

const unpackInput = ({ name, value, isSecret, description }: FeedInput): ExportInputValue => ({
  name,
  value: value ?? null,
  isSecret: isSecret ?? false,
  description: description ?? null,
});
