import type { Definitions, Manifest, Remote } from '#lib/manifest/types.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { introspectRemote } from '../introspect/introspect-remote.ts';
import { fillUrl } from '../introspect/remote-url.ts';
import type { Introspection, IntrospectLimits } from '../introspect/types.ts';
import { coverageOf } from './coverage-of.ts';
import type { CoverageEntry } from './snapshot.ts';

/** What a remote server said at a time, or why it said nothing. */
export type Probe = {
  definitions: Definitions | null;
  tools: CoverageEntry;
  live: CoverageEntry & { asked?: { url: string; at: string } };
};

export type ProbeOptions = {
  outbound?: Outbound;
  /** What an earlier look at the same address saw, where it is too early to ask again. */
  recent?: (url: string) => Promise<Probe | null>;
  now?: () => Date;
};

/**
 * Asks one remote of a manifest: the first over streamable HTTP whose address needs nothing of a user, else the first over
 * server-sent events. Listing may have effects on the other side, so it is one session, and none where `recent` knows.
 */
export async function probeRemote(
  manifest: Pick<Manifest, 'remotes'>,
  {
    outbound,
    recent,
    now = () => new Date(),
    limits,
    signal,
    onProgress,
  }: ProbeOptions & {
    limits?: Partial<IntrospectLimits>;
    signal?: AbortSignal;
    onProgress?: (progress: { message: string }) => void;
  },
): Promise<Probe> {
  const chosen = chooseRemote(manifest.remotes ?? []);
  if ('missing' in chosen) {
    const names = chosen.missing.map((name) => name.slice(0, 100)).join(', ');
    return notAsked(`The address of the remote server needs what only a user has: ${names}.`);
  }
  const { url, remote } = chosen;
  const earlier = await recent?.(url);
  if (earlier) return earlier;
  onProgress?.({ message: 'asking the remote server' });
  const result = await introspectRemote({
    url,
    kind: remote.type,
    ...(outbound ? { outbound } : {}),
    ...(limits ? { limits } : {}),
    ...(signal ? { signal } : {}),
  });
  return probeOf(result, { asked: { url, at: now().toISOString() }, wanted: wantedHeaders(remote) });
}

/** What one look at a remote server comes to. */
export function probeOf(
  result: Introspection,
  { asked, wanted = [] }: { asked?: { url: string; at: string }; wanted?: string[] },
): Probe {
  if (result.ok) {
    const { tools, live } = coverageOf(result);
    return { definitions: result.definitions, tools, live: { ...live, ...(asked ? { asked } : {}) } };
  }
  const headers = wanted.length === 0 ? '' : ` The manifest asks for ${wanted.join(', ')}; no credentials are sent.`;
  const entry = { covered: false, reason: `${result.message}${headers}` };
  return { definitions: null, tools: entry, live: { ...entry, ...(asked ? { asked } : {}) } };
}

export function notAsked(reason: string): Probe {
  const entry = { covered: false, reason };
  return { definitions: null, tools: entry, live: entry };
}

const wantedHeaders = ({ headers = [] }: Remote): string[] =>
  headers
    .filter(({ isRequired }) => isRequired)
    .slice(0, 5)
    .map(({ name }) => `the header ${name.slice(0, 100)}`);

function chooseRemote(remotes: readonly Remote[]): { url: string; remote: Remote } | { missing: string[] } {
  const inOrder = [
    ...remotes.filter(({ type }) => type === 'streamable-http'),
    ...remotes.filter(({ type }) => type === 'sse'),
  ];
  const missing: string[][] = [];
  for (const remote of inOrder) {
    const filled = fillUrl(remote);
    if (filled.ok) return { url: filled.url, remote };
    missing.push(filled.missing);
  }
  return { missing: missing[0] ?? [] };
}
