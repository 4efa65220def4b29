import { type Manifest, type Package, type Remote, shellQuote } from '#lib/manifest/index.ts';
import { CLIENTS } from './install-clients.ts';
import { type InstallServer, type InstallServerResult, packageServer, remoteServer } from './install-server.ts';
import type { InstallSnippet, InstallTarget } from './views.ts';

/**
 * Every way to run a version with a snippet for each client, packages first. Built from the parsed manifest as typed
 * values and quoted or encoded for where they go, because a snippet made of a manifest's strings is a way to inject a
 * command. A target without snippets says why in `problem`.
 */
export function installTargets(manifest: Manifest): InstallTarget[] {
  const key = clientKey(manifest.name);
  const title = manifest.title ?? manifest.name;
  const packages = (manifest.packages ?? []).map((pkg, index) =>
    pkg.registryType === 'mcpb'
      ? bundleTarget(pkg, index)
      : target({
          id: `package-${index}`,
          kind: 'package',
          label: packageLabel(pkg),
          result: packageServer(pkg),
          key,
          title,
        }),
  );
  const remotes = (manifest.remotes ?? []).map((remote, index) =>
    target({
      id: `remote-${index}`,
      kind: 'remote',
      label: remoteLabel(remote),
      result: remoteServer(remote),
      key,
      title,
    }),
  );
  return [...packages, ...remotes];
}

/** What clients call the server: the last part of its name, with a part of the namespace where that says too little. At most 64 of `[A-Za-z0-9_-]`. */
export function clientKey(name: string): string {
  const [namespace = '', last = ''] = name.split('/');
  const own = plain(last);
  const isVague = own === '' || VAGUE.has(own.toLowerCase());
  const owner = plain(namespace.split('.').findLast((label) => !VAGUE.has(label)) ?? '');
  return [...(isVague ? [owner] : []), own].filter(Boolean).join('-').slice(0, 64) || 'server';
}

const VAGUE = new Set(['mcp', 'server', 'mcp-server', 'mcp_server', 'remote', 'api', 'main', 'app']);

const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');

function target({
  id,
  kind,
  label,
  result,
  key,
  title,
}: {
  id: string;
  kind: InstallTarget['kind'];
  label: string;
  result: InstallServerResult;
  key: string;
  title: string;
}): InstallTarget {
  if (!result.ok) return { id, kind, label, isPinned: false, problem: result.problem, inputs: [], snippets: [] };
  const { server } = result;
  return {
    id,
    kind,
    label,
    isPinned: server.isPinned,
    problem: null,
    inputs: server.asks.map((ask) => ({
      name: ask.label,
      description: ask.description,
      isRequired: ask.isRequired,
      isSecret: ask.isSecret,
    })),
    snippets: snippetsOf(server, key, title),
  };
}

function snippetsOf(server: InstallServer, key: string, title: string): InstallSnippet[] {
  return CLIENTS.flatMap(({ client, label, write }) =>
    write({ server, key, title }).map((snippet) => ({ file: null, note: null, ...snippet, client, label })),
  );
}

function bundleTarget(pkg: Package, index: number): InstallTarget {
  const address = URL.parse(pkg.identifier);
  const base = { id: `package-${index}`, kind: 'package' as const, label: packageLabel(pkg), inputs: [] };
  if (address?.protocol !== 'https:') {
    const problem = 'The address of this bundle is not an https URL.';
    return { ...base, isPinned: false, problem, snippets: [] };
  }
  const snippets: InstallSnippet[] = [
    {
      client: 'claude-desktop',
      label: 'Claude Desktop',
      kind: 'link',
      content: address.href,
      file: null,
      note: 'Download the bundle and open it in Claude Desktop.',
    },
  ];
  if (pkg.fileSha256 && /^[0-9a-f]{64}$/i.test(pkg.fileSha256)) {
    const file =
      plain(address.pathname.slice(address.pathname.lastIndexOf('/') + 1).replace(/\.mcpb$/i, '')) || 'bundle';
    snippets.push({
      client: 'claude-desktop',
      label: 'Claude Desktop',
      kind: 'command',
      content: `curl -fLo ${shellQuote([`${file}.mcpb`])} ${shellQuote([address.href])} && echo ${shellQuote([`${pkg.fileSha256.toLowerCase()}  ${file}.mcpb`])} | sha256sum -c`,
      file: null,
      note: 'Or download it here and compare its digest with the manifest before you open it.',
    });
  }
  return { ...base, isPinned: pkg.fileSha256 !== undefined, problem: null, snippets };
}

const packageLabel = ({ registryType, identifier, version }: Package): string =>
  [registryType, identifier, version].filter(Boolean).join(' ');

function remoteLabel({ url, type }: Remote): string {
  const host = URL.parse(url.replace(/[{}]/g, ''))?.host ?? url;
  return type === 'sse' ? `${host} (SSE)` : host;
}
