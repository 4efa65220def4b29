import { parseOciReference } from '#lib/manifest/oci-reference.ts';
import { PUBLISHER_META_KEY, schemaUrl } from '#lib/manifest/schema.ts';
import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';
import { imageDigest } from '../planned-starts.ts';
import type { ExportCommand, ExportFormat, ExportServer } from '../types.ts';
import { filled, jsonText, yamlText } from '../write.ts';
import { startOf } from './server-configs.ts';

/** The image by its digest; the plan has let through no other. */
function imageOf({ identifier, packageVersion, digest }: ExportCommand): string {
  const { registry, repository } = parseOciReference(identifier)!;
  return `${registry}/${repository}@${imageDigest({ identifier, version: packageVersion, digest })}`;
}

/** What comes after the image. */
function argumentsOf({ argv, identifier }: ExportCommand): string[] {
  const { registry, repository } = parseOciReference(identifier)!;
  const isImage = (text: string) => {
    const reference = parseOciReference(text);
    return reference?.registry === registry && reference.repository === repository;
  };
  return argv.slice(argv.findLastIndex(isImage) + 1);
}

/** ToolHive's static registry: `server.json` entries with its own facts keyed by image or address. */
export const toolhive: ExportFormat = (plan, note) =>
  jsonText({
    $schema:
      'https://raw.githubusercontent.com/stacklok/toolhive-core/main/registry/types/data/upstream-registry.schema.json',
    version: '1.0.0',
    meta: { last_updated: plan.generatedAt },
    data: { servers: plan.servers.map((server) => toolhiveServer(server, startOf(server, 'ToolHive', note))) },
  });

function toolhiveServer(server: ExportServer, start: ReturnType<typeof startOf>): JsonObject {
  const [{ version, entry, facts, tools }] = server.versions;
  const place = 'command' in start ? imageOf(start.command) : start.remote.url;
  const own: JsonObject = filled({
    tier: 'Community',
    status: 'Active',
    tools,
    provenance: 'command' in start && entry.signer ? provenanceOf(entry.signer) : undefined,
  });
  const repository = facts?.repositoryUrl;
  return filled({
    $schema: schemaUrl('2025-12-11'),
    name: server.name,
    title: facts?.title,
    description: facts?.description ?? `Approved by ${server.name.split('/')[0]}'s users.`,
    version,
    repository: repository ? { url: repository, source: repositorySource(repository) } : undefined,
    websiteUrl: facts?.websiteUrl,
    packages: 'command' in start ? [packageOf(start.command, place)] : undefined,
    remotes: 'remote' in start ? [remoteOf(start.remote)] : undefined,
    _meta: { [PUBLISHER_META_KEY]: { 'io.github.stacklok': { [place]: own } } },
  });
}

const packageOf = ({ env }: ExportCommand, identifier: string): JsonObject =>
  filled({
    registryType: 'oci',
    identifier,
    transport: { type: 'stdio' },
    environmentVariables: inputs(env),
  });

const remoteOf = ({
  transport,
  url,
  headers,
}: Extract<ReturnType<typeof startOf>, { remote: unknown }>['remote']): JsonObject =>
  filled({ type: transport === 'sse' ? 'sse' : 'streamable-http', url, headers: inputs(headers) });

const inputs = (values: ExportCommand['env']): JsonObject[] =>
  values.map(({ name, value, isSecret, description }) =>
    filled({ name, description, value, isSecret: isSecret || undefined, isRequired: value === null || undefined }),
  );

const repositorySource = (url: string): string => (new URL(url).host === 'gitlab.com' ? 'gitlab' : 'github');

/** What ToolHive compares with the image's certificate. */
function provenanceOf({ issuer, san }: { issuer: string; san: string }): JsonObject {
  const workflow = /^https:\/\/github\.com\/([^/]+\/[^/]+)(\/\.github\/workflows\/[^@]+)/.exec(san);
  return filled({
    sigstore_url: 'tuf-repo-cdn.sigstore.dev',
    repository_uri: workflow ? `https://github.com/${workflow[1]}` : undefined,
    signer_identity: workflow?.[2] ?? san,
    runner_environment: workflow ? 'github-hosted' : undefined,
    cert_issuer: issuer,
  });
}

/** Docker's catalog, version 3: images by digest. Secrets by the name under which `docker mcp secret set` keeps them. */
export const docker: ExportFormat = (plan, note) =>
  yamlText({
    name: plan.org,
    displayName: `Approved by ${plan.org}`,
    registry: Object.fromEntries(
      plan.servers.map((server): [string, JsonValue] => {
        const start = startOf(server, 'Docker', note);
        const [{ facts, tools }] = server.versions;
        const command = 'command' in start ? start.command : null;
        const open = command?.env.filter(({ value }) => value === null) ?? [];
        const fixed = command?.env.filter(({ value }) => value !== null) ?? [];
        return [
          server.key,
          filled({
            type: 'server',
            title: facts?.title ?? server.name,
            description: facts?.description,
            image: command && imageOf(command),
            command: command && argumentsOf(command),
            tools: tools.map((name) => ({ name })),
            secrets: open.map(({ name }) => ({ name: `${server.key}.${name}`, env: name })),
            env: fixed.map(({ name, value }) => ({ name, value })),
            readme: facts?.websiteUrl,
            metadata: { category: 'approved', owner: server.name.split('/')[0]! },
          }),
        ];
      }),
    ),
  });

/** IBM ContextForge's catalog of remote servers. */
export const contextforge: ExportFormat = (plan, note) =>
  yamlText({
    catalog_servers: plan.servers.map((server): JsonObject => {
      const start = startOf(server, 'ContextForge', note);
      const [{ facts }] = server.versions;
      const remote = 'remote' in start ? start.remote : null;
      const needsKey = remote?.headers.some(({ value }) => value === null) ?? false;
      return filled({
        id: server.key,
        name: facts?.title ?? server.name,
        category: 'Approved',
        url: remote?.url,
        transport: remote?.transport === 'sse' ? 'SSE' : 'STREAMABLEHTTP',
        auth_type: needsKey ? 'API Key' : 'Open',
        provider: server.name.split('/')[0]!,
        description: facts?.description ?? server.name,
        requires_api_key: needsKey,
        secure: true,
        tags: ['approved'],
        documentation_url: facts?.websiteUrl ?? facts?.repositoryUrl,
      });
    }),
    categories: ['Approved'],
    auth_types: ['API Key', 'Open'],
  });
