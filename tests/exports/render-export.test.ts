import { checkParsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { exportKeys } from '#lib/exports/export-key.ts';
import { EXPORT_CLIENTS, type ExportClientId, renderExport } from '#lib/exports/index.ts';
import { validateManifest } from '#lib/manifest/index.ts';
import { allowlist, allowlistOf, entryOf, npm, options, revocations, revocationsOf } from './support/documents.ts';

const clients = Object.keys(EXPORT_CLIENTS) as ExportClientId[];
const render = (client: ExportClientId, extra = {}) =>
  renderExport({ client, allowlist, revocations, options: { ...options, ...extra } });

describe('an export', () => {
  it.each(clients)('of %s is the same whatever the order of its input', (client) => {
    const shuffled = {
      ...allowlist,
      servers: allowlist.servers.toReversed().map(({ name, versions }) => ({ name, versions: versions.toReversed() })),
    };
    expect(renderExport({ client, allowlist: shuffled, revocations, options })).toEqual(render(client));
  });

  it('names every approved version where a client compares commands', () => {
    const { allowedMcpServers } = JSON.parse(render('copilot').text) as { allowedMcpServers: object[] };
    expect(allowedMcpServers).toContainEqual({ serverCommand: ['npx', '-y', '@acme/weather@1.2.3'] });
    expect(allowedMcpServers).toContainEqual({ serverCommand: ['npx', '-y', '@acme/weather@1.3.0'] });
    for (const matcher of allowedMcpServers) expect(Object.keys(matcher)).toHaveLength(1);
  });

  it('adds the forms that Windows needs when asked', () => {
    const { allowedMcpServers } = JSON.parse(render('copilot', { windows: true }).text);
    expect(allowedMcpServers).toContainEqual({ serverCommand: ['cmd', '/c', 'npx', '-y', '@acme/weather@1.3.0'] });
    expect(JSON.stringify(allowedMcpServers)).not.toContain('"cmd","/c","docker"');
  });

  it('names the highest version where a client takes one, and says so', () => {
    const { text, notes } = render('claude-code-mcp');
    expect(JSON.parse(text).mcpServers['io-github-acme-weather'].args).toEqual(['-y', '@acme/weather@1.3.0']);
    expect(notes).toContainEqual(expect.objectContaining({ code: 'ONE_VERSION', server: 'io.github.acme/weather' }));
  });

  it('never holds what was revoked, though it is still on the list', () => {
    const listed = allowlistOf([{ name: 'a.b/c', versions: [entryOf('1.0.0', { packages: [npm('c', '1.0.0')] })] }]);
    for (const client of clients) {
      for (const revocation of [{ name: 'a.b/c' }, { name: 'a.b/c', version: '1.0.0' }]) {
        const revoked = revocationsOf({ ...revocation, reason: 'bad', at: allowlist.generatedAt });
        const { text } = renderExport({ client, allowlist: listed, revocations: revoked });
        expect(text).toBe(renderExport({ client, allowlist: allowlistOf([]), revocations: revoked }).text);
      }
    }
  });

  it('does not deny what an approved version starts too', () => {
    const remotes = ['https://mcp.example.com/mcp'];
    const { text, notes } = renderExport({
      client: 'copilot',
      allowlist: allowlistOf([{ name: 'a.b/c', versions: [entryOf('2.0.0', { remotes })] }]),
      revocations: revocationsOf({ name: 'a.b/c', version: '1.0.0', reason: 'bad', at: allowlist.generatedAt }),
      options: { revoked: { 'a.b/c@1.0.0': { commands: [['npx', '-y', 'c@1.0.0']], remotes } } },
    });
    expect(JSON.parse(text).deniedMcpServers).toEqual([{ serverCommand: ['npx', '-y', 'c@1.0.0'] }]);
    expect(notes).toContainEqual(expect.objectContaining({ code: 'DENIAL_SHARED' }));
  });

  it('holds tools to ask about back unless told otherwise', () => {
    const tools = (askAs?: 'allow') => {
      const { text } = render('litellm', { askAs });
      return /com_example_notes:[\s\S]*?allowed_tools:\n((?: +- .*\n)+)/
        .exec(text)?.[1]
        ?.trim()
        .split(/\s*- /)
        .filter(Boolean);
    };
    expect(tools()).toEqual(['"read_notes"']);
    expect(tools('allow')?.map((name) => name.trim())).toEqual(['"add_note"', '"read_notes"']);
    expect(JSON.parse(render('copilot', { askAs: 'allow' }).text).allowedMcpServers).toContainEqual({
      serverUrl: 'https://mcp.notes.example.com/mcp',
    });
  });

  it('of an environment holds what is locked to it', () => {
    expect(render('copilot', { environment: 'ci' }).text).toContain('@locked/deploy@1.0.0');
    expect(render('copilot', { environment: 'prod' }).text).not.toContain('@locked/deploy');
    expect(render('copilot').text).not.toContain('@locked/deploy');
  });

  it('of a team holds its servers and tools only, and of an unknown one nothing', () => {
    const teams = [
      { name: 'data', readOnly: false, servers: [{ name: 'io.github.acme/weather', tools: ['get_forecast'] }] },
      { name: 'readers', readOnly: true, servers: [{ name: 'org.tools/scanner' }, { name: 'io.github.acme/weather' }] },
    ];
    const of = (team: string) =>
      renderExport({
        client: 'cursor-permissions',
        allowlist: { ...allowlist, teams },
        revocations,
        options: { ...options, team },
      });
    expect(JSON.parse(of('data').text).mcpAllowlist).toEqual(['io-github-acme-weather:get_forecast']);
    expect(JSON.parse(of('readers').text).mcpAllowlist).toEqual([
      'io-github-acme-weather:get_forecast',
      'io-github-acme-weather:list_places',
    ]);
    const asking = [{ ...teams[0]!, servers: [{ ...teams[0]!.servers[0]!, ask: ['get_forecast'] }] }, teams[1]!];
    const asked = (askAs: 'deny' | 'allow') =>
      renderExport({
        client: 'kong',
        allowlist: { ...allowlist, teams: asking },
        revocations,
        options: { ...options, team: 'data', askAs },
      });
    expect(asked('deny').notes).toContainEqual(expect.objectContaining({ code: 'ASK_DENIED' }));
    expect(asked('allow').notes).toContainEqual(expect.objectContaining({ code: 'ASK_ALLOWED' }));
    expect(() => of('others')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('without facts has no variables and says so', () => {
    const { text, notes } = renderExport({ client: 'claude-code-mcp', allowlist, revocations });
    expect(text).not.toContain('WEATHER_KEY');
    expect(notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['NO_FACTS', 'DENIALS_UNKNOWN']));
  });

  it.each(clients)('of %s holds no value of a variable that a person sets', (client) => {
    const { text } = render(client);
    for (const name of ['WEATHER_KEY', 'SCANNER_TOKEN', 'X_API_KEY']) {
      const values = [...text.matchAll(new RegExp(`${name}"?: "([^"]*)"`, 'g'))].map(([, value]) => value);
      for (const value of values) expect(value).toMatch(new RegExp(`^(\\$\\{.*\\}|\\$${name}|os\\.environ/${name})$`));
    }
  });
});

describe('checked by others', () => {
  it.each(['cedar-docker', 'cedar-generic'] as const)('Cedar parses %s', (client) => {
    expect(checkParsePolicySet({ staticPolicies: render(client).text })).toMatchObject({ type: 'success' });
  });

  it('Cedar parses every policy for ToolHive', () => {
    const { servers } = JSON.parse(render('cedar-toolhive').text) as {
      servers: Record<string, { cedar: { policies: string[] } }>;
    };
    const policies = Object.values(servers).flatMap(({ cedar }) => cedar.policies);
    expect(policies.length).toBeGreaterThan(4);
    for (const policy of policies) expect(checkParsePolicySet({ staticPolicies: policy }).type).toBe('success');
  });

  it('each server of the ToolHive registry is a manifest by the official schema', () => {
    const { data } = JSON.parse(render('toolhive').text) as { data: { servers: object[] } };
    expect(data.servers.length).toBeGreaterThan(1);
    for (const server of data.servers) {
      const result = validateManifest(new Uint8Array(Buffer.from(JSON.stringify(server))));
      expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});

describe('keys', () => {
  it('are unique, short and of harmless characters', () => {
    const names = [
      'a.b/c',
      'a-b/c',
      'A.B/c',
      'a.b/C',
      'a_b/c',
      `a.b/${'x'.repeat(190)}`,
      `a.b/${'x'.repeat(191)}`,
      '../..',
      'x/__proto__',
    ];
    const keys = [...exportKeys(names).values()];
    expect(new Set(keys.map((key) => key.toLowerCase().replaceAll('_', '-'))).size).toBe(names.length);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{1,63}$/);
  });

  it('of a server stays when another comes', () => {
    expect(exportKeys(['com.acme/weather', 'org.other/weather']).get('com.acme/weather')).toBe('com-acme-weather');
  });
});

describe('the table of clients', () => {
  it('gives every file a name of its own', () => {
    const files = Object.values(EXPORT_CLIENTS).map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
    for (const file of files) expect(file).toMatch(/^[a-z0-9.-]+$/);
  });
});

it('names the registry view where the client takes one', () => {
  const registryUrl = 'https://hallmark.example.com/orgs/acme/registry/k/KEY';
  const notesOf = (client: ExportClientId) => render(client, { registryUrl }).notes.map(({ code }) => code);
  expect(notesOf('vscode')).toContain('REGISTRY_VIEW');
  expect(notesOf('kong')).not.toContain('REGISTRY_VIEW');
});
