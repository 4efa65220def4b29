import { packageServer, remoteServer, type Text } from '#lib/catalog/install-server.ts';
import { type Manifest, packageCommand } from '#lib/manifest/index.ts';
import type { ExportInputValue, RevokedFacts, VersionFacts } from './types.ts';

/** What an export may say of a version beyond the feed. Give it only the manifest with the digest that the feed names. */
export function versionFacts(manifest: Manifest, toolCount: number | null): VersionFacts {
  return {
    title: manifest.title ?? null,
    description: manifest.description,
    websiteUrl: manifest.websiteUrl ?? null,
    repositoryUrl: manifest.repository?.url ?? null,
    packages: (manifest.packages ?? []).map((pkg) => {
      const start = packageServer(pkg);
      if (!start.ok || start.server.transport !== 'stdio') return null;
      const { args, env } = start.server;
      const needs = asksOf(args).flatMap(({ isRequired, label }) => (isRequired ? [label] : []));
      return { env: env.map(namedValue), needs };
    }),
    remotes: (manifest.remotes ?? []).map((remote) => {
      const address = remoteServer(remote);
      if (!address.ok || address.server.transport === 'stdio') return null;
      return { transport: address.server.transport, headers: address.server.headers.map(namedValue) };
    }),
    toolCount,
  };
}

const asksOf = (texts: readonly Text[]) => texts.flat().filter((part) => typeof part !== 'string');

/** A fixed value, or null where a person gives all or a part of it. */
function namedValue({ name, text }: { name: string; text: Text }): ExportInputValue {
  const [ask] = asksOf([text]);
  const fixed = text.filter((part) => typeof part === 'string').join('');
  return ask
    ? { name, value: null, isSecret: ask.isSecret, description: ask.description }
    : { name, value: fixed, isSecret: false, description: null };
}

/** How a revoked version was started. */
export function revokedFacts(manifest: Manifest): RevokedFacts {
  return {
    commands: (manifest.packages ?? []).flatMap((pkg) => {
      const command = packageCommand(pkg);
      return command ? [[command.command, ...command.args]] : [];
    }),
    remotes: (manifest.remotes ?? []).map(({ url }) => url),
  };
}
