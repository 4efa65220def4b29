import { makeNote } from '../notes.ts';
import type { ExportFormat, ExportVersion } from '../types.ts';
import { cedarText, jsonText } from '../write.ts';

const set = (tools: readonly string[]) => `[${tools.map(cedarText).join(', ')}]`;
const policies = (texts: readonly string[]) =>
  texts.length > 0 ? `${texts.join('\n\n')}\n` : '// Nothing is allowed: Cedar denies what no policy permits.\n';

const permit = (action: string, conditions: string[], annotation = '') =>
  `${annotation}permit (principal, action == ${action}, resource)\nwhen { ${conditions.join(' && ')} };`;

/** Docker Sandboxes: registration under a name only with its address, then each tool of that name. */
export const cedarDocker: ExportFormat = (plan, note) => {
  note(
    makeNote(
      'NOT_INSTALL_CONTROL',
      {},
      {
        text: 'Registrations from before the policy stay, and are held to the tools of the name they have.',
      },
    ),
  );
  return policies(
    plan.servers.flatMap(({ key, versions }) => {
      const server = `resource in MCP::Server::${cedarText(key)}`;
      const urls = [...new Set(versions.flatMap(({ remotes }) => remotes.map(({ url }) => url)))].sort();
      // The address is one for all versions, so only what every one of them allows holds.
      const { tools, asks } = common(versions);
      return [
        permit('MCP::Action::"register"', [server, `${set(urls)}.contains(resource.identityURL)`]),
        ...(tools.length > 0
          ? [permit('MCP::Action::"invokeTool"', [server, `${set(tools)}.contains(resource.name)`])]
          : []),
        ...(asks.length > 0
          ? [
              permit(
                'MCP::Action::"invokeTool"',
                [server, `${set(asks)}.contains(resource.name)`],
                '@requireApproval("The organization asks for agreement to each call.")\n',
              ),
            ]
          : []),
      ];
    }),
  );
};

function common(versions: readonly ExportVersion[]): { tools: string[]; asks: string[] } {
  const inAll = (name: string) => versions.every(({ tools, asks }) => tools.includes(name) || asks.includes(name));
  const names = [...new Set(versions.flatMap(({ tools, asks }) => [...tools, ...asks]))].filter(inAll).sort();
  const isAsked = (name: string) => versions.some(({ asks }) => asks.includes(name));
  return { tools: names.filter((name) => !isAsked(name)), asks: names.filter(isAsked) };
}

/** ToolHive: an authorization configuration for each server, since its policies name tools without their server. */
export const cedarToolhive: ExportFormat = (plan) =>
  jsonText({
    servers: Object.fromEntries(
      plan.servers.map(({ name, versions }) => [
        name,
        {
          version: '1.0',
          type: 'cedarv1',
          cedar: {
            policies: common(versions).tools.map(
              (tool) => `permit(principal, action == Action::"call_tool", resource == Tool::${cedarText(tool)});`,
            ),
            entities_json: '[]',
          },
        },
      ]),
    ),
  });

/** A template for any enforcement point: every approved version with its tools. */
export const cedarGeneric: ExportFormat = (plan) =>
  policies(
    plan.servers.flatMap(({ name, versions }) =>
      versions.flatMap(({ version, tools, asks }) => {
        const server = `resource in MCP::Server::${cedarText(`${name}#${version}`)}`;
        const named = (names: string[], annotation?: string) =>
          names.length > 0
            ? [permit('MCP::Action::"invokeTool"', [server, `${set(names)}.contains(resource.name)`], annotation)]
            : [];
        return [...named(tools), ...named(asks, '@ask("true")\n')];
      }),
    ),
  );
