import type { JsonObject } from '#lib/manifest/types.ts';
import type { ExportFormat, ExportPlan } from '../types.ts';
import { jsonText } from '../write.ts';

/** Programs that Windows starts through the shell, since they are scripts there. */
const SCRIPTS: ReadonlySet<string> = new Set(['npx', 'uvx', 'dnx']);

/**
 * Exact matchers, one of `serverCommand` and `serverUrl` each, never a `serverName`: that is a label which the user chooses.
 * An empty list blocks everything, a missing one would allow everything.
 */
function matchers(plan: ExportPlan): { allowed: JsonObject[]; denied: JsonObject[] } {
  const versions = plan.servers.flatMap((server) => server.versions);
  const commands = versions.flatMap((version) => version.commands.map(({ argv }) => argv));
  return {
    allowed: distinct([
      ...commands.flatMap((argv) => commandMatchers(argv, plan.options.windows === true)),
      ...versions.flatMap(({ remotes }) => remotes.map(({ url }) => ({ serverUrl: url }))),
    ]),
    denied: distinct([
      ...plan.denied.commands.flatMap((argv) => commandMatchers(argv, plan.options.windows === true)),
      ...plan.denied.remotes.map((url) => ({ serverUrl: url })),
    ]),
  };
}

function commandMatchers(argv: readonly string[], isForWindows: boolean): JsonObject[] {
  const plain = { serverCommand: [...argv] };
  return isForWindows && SCRIPTS.has(argv[0] ?? '') ? [plain, { serverCommand: ['cmd', '/c', ...argv] }] : [plain];
}

function distinct(items: JsonObject[]): JsonObject[] {
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

/** GitHub Copilot: `managed-settings.json`. */
export const copilot: ExportFormat = (plan) => {
  const { allowed, denied } = matchers(plan);
  return jsonText({ allowedMcpServers: allowed, deniedMcpServers: denied });
};

/** Claude Code: managed settings. `allowManagedMcpServersOnly` makes this list the only one that counts. */
export const claudeCode: ExportFormat = (plan) => {
  const { allowed, denied } = matchers(plan);
  return jsonText({ allowManagedMcpServersOnly: true, allowedMcpServers: allowed, deniedMcpServers: denied });
};
