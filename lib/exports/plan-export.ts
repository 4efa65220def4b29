import type { AllowlistDocument, FeedServerVersion, Narrowing } from '#lib/feed/documents.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { compareVersions } from '#lib/manifest/versions.ts';
import type { ExportClient } from './clients.ts';
import { exportKeys } from './export-key.ts';
import { factsOfFeed } from './feed-facts.ts';
import { makeNote, type NoteCode, namesText } from './notes.ts';
import { plannedDenials } from './planned-denials.ts';
import { plannedStarts } from './planned-starts.ts';
import type { ExportInput, ExportNote, ExportPlan, ExportServer, ExportVersion } from './types.ts';

type Said = (code: NoteCode, fill?: Record<string, string>) => void;
type Context = { input: ExportInput; client: ExportClient; now: Date; note: (note: ExportNote) => void };

/**
 * What may be written for a client: what is allowed, not revoked, not ended, within the team, group and environment that
 * were asked for, and can be said exactly. Everything else becomes a note. Throws NOT_FOUND for an unknown team or group.
 */
export function planExport(input: ExportInput, client: ExportClient, note: (note: ExportNote) => void): ExportPlan {
  const { allowlist, options = {} } = input;
  const now = options.now ?? new Date(allowlist.generatedAt);
  const context: Context = { input, client, now, note };
  if (allowlist.mode === 'lockdown') note(makeNote('LOCKDOWN'));
  const hasFacts = allowlist.servers.every(({ versions }) => versions.every(({ facts }) => facts !== undefined));
  if (!hasFacts && !options.facts) note(makeNote('NO_FACTS'));

  if (options.registryUrl !== undefined && client.takesRegistry) {
    note(makeNote('REGISTRY_VIEW', {}, { client: client.title, url: options.registryUrl }));
  }

  const narrowings = [narrowingOf(allowlist, 'team', options.team), narrowingOf(allowlist, 'group', options.group)];
  const listed = allowlist.mode === 'lockdown' ? [] : allowlist.servers;
  const keys = exportKeys(listed.map(({ name }) => name));
  const servers = listed.flatMap(({ name, versions }): ExportServer[] => {
    const admitted = narrowings.every((narrowing) => narrowing === null || entryOf(narrowing, name) !== null);
    if (!admitted) return [];
    const planned = versions
      .flatMap((entry) => plannedVersion(context, name, narrowed(entry, name, narrowings)))
      .sort(
        (a, b) => -compareVersions({ version: a.version, publishedAt: now }, { version: b.version, publishedAt: now }),
      );
    const [latest, ...others] = planned;
    return latest ? [{ name, key: keys.get(name)!, versions: [latest, ...others] }] : [];
  });
  servers.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (client.tools === 'none' && servers.length > 0) note(makeNote('TOOLS_UNHELD', {}, { client: client.title }));
  const denied = plannedDenials({ input, servers, note });
  const { org, serial, epoch, generatedAt } = allowlist;
  return { org, serial, epoch, generatedAt, servers, denied, options };
}

function narrowingOf(allowlist: AllowlistDocument, kind: 'team' | 'group', slug: string | undefined): Narrowing | null {
  if (slug === undefined) return null;
  const found = allowlist[`${kind}s`]?.find(({ name }) => name === slug);
  if (!found) throw new DomainError('NOT_FOUND', `The published list has no ${kind} "${slug}".`);
  return found;
}

const entryOf = (narrowing: Narrowing, name: string) =>
  narrowing.servers.find((server) => server.name === name) ?? null;

/** The version with only the tools that each narrowing leaves. */
export function narrowed(
  entry: FeedServerVersion,
  name: string,
  narrowings: readonly (Narrowing | null)[],
): FeedServerVersion {
  let { allow } = entry.tools;
  for (const narrowing of narrowings) {
    if (narrowing === null) continue;
    const own = entryOf(narrowing, name);
    const isReadOnly = narrowing.readOnly || own?.readOnly === true;
    const names = own?.tools === undefined ? null : new Set(own.tools);
    const asks = new Set(own?.ask);
    allow = allow
      .filter((tool) => (!isReadOnly || tool.readOnly === true) && (names === null || names.has(tool.name)))
      .map((tool) => (asks.has(tool.name) ? { ...tool, ask: true } : tool));
  }
  return { ...entry, tools: { ...entry.tools, allow } };
}

/** The version as the client can be told of it; nothing where it cannot. */
function plannedVersion(context: Context, name: string, entry: FeedServerVersion): ExportVersion[] {
  const { input, client, now, note } = context;
  const { options = {}, revocations } = input;
  const { version } = entry;
  const say: Said = (code, fill = {}) =>
    note(makeNote(code, { server: name, version }, { client: client.title, ...fill }));

  const isRevoked = revocations.revocations.some(
    (revoked) => revoked.name === name && (revoked.version === undefined || revoked.version === version),
  );
  if (isRevoked) return [];
  if (entry.environments && !entry.environments.includes(options.environment ?? '')) {
    say('ENVIRONMENT_LOCKED', { environments: namesText(entry.environments) });
    return [];
  }
  if (entry.expiresAt !== undefined && new Date(entry.expiresAt) <= now) {
    say('EXPIRED', { until: entry.expiresAt.slice(0, 10) });
    return [];
  }
  const tools = plannedTools(entry, client, options.askAs ?? 'deny', say);
  if (tools === null) return [];
  // What was approved, where the list says it: the same file comes out of the console and of the feed alone.
  const facts = entry.facts ? factsOfFeed(entry.facts) : (options.facts?.[`${name}@${version}`] ?? null);
  const starts = plannedStarts({ entry, facts, client, say });
  if (starts.commands.length + starts.remotes.length === 0) return [];

  if (entry.expiresAt !== undefined) say('EXPIRES', { until: entry.expiresAt.slice(0, 10) });
  if (entry.conditions) say('CONDITIONS', { conditions: entry.conditions });
  if (entry.credentialMode) say('CREDENTIALS', { mode: entry.credentialMode });
  const total = facts?.toolCount ?? null;
  if (client.tools === 'none' && total !== null && total > entry.tools.allow.length) {
    say('TOOLS_PARTLY', { allowed: String(entry.tools.allow.length), total: String(total) });
  }
  return [{ version, entry, facts, ...starts, ...tools }];
}

/** Null where the client would let through what nobody allowed. */
function plannedTools(
  { tools: { allow } }: FeedServerVersion,
  client: ExportClient,
  askAs: 'deny' | 'allow',
  say: Said,
): Pick<ExportVersion, 'tools' | 'asks'> | null {
  if (!allow.every(({ name }) => name.isWellFormed())) say('TOOL_NAME');
  const namesOf = (isAsk: boolean) =>
    allow
      .filter(({ name }) => name.isWellFormed())
      .filter(({ ask }) => (ask === true) === isAsk)
      .map(({ name }) => name)
      .sort();
  const [free, asks] = [namesOf(false), namesOf(true)];
  if (asks.length === 0 || client.tools === 'ask') return { tools: free, asks };
  if (askAs === 'allow') {
    say('ASK_ALLOWED', { tools: namesText(asks) });
    return { tools: [...free, ...asks].sort(), asks: [] };
  }
  say(client.tools === 'none' ? 'ASK_UNHELD' : 'ASK_DENIED', { tools: namesText(asks) });
  return client.tools === 'none' ? null : { tools: free, asks: [] };
}
