import type { Command } from 'commander';
import { checkText } from '#lib/exports/client-checks/check-text.ts';
import {
  CHECKED_CLIENTS,
  type CheckedClient,
  checkAsk,
  checkClient,
  isCheckedClient,
} from '#lib/exports/client-checks/index.ts';
import { EXIT_REFUSED, exitOnUsageFaults, print, reportFaults, UsageFault } from './signing-input.ts';

type Options = { as: string; token?: string; format: string };

const CLIENTS = Object.keys(CHECKED_CLIENTS) as CheckedClient[];

/** `hallmark registry-check`: asks a registry as a client does, from the machine where the client runs. */
export function registerRegistryCheck(program: Command): void {
  exitOnUsageFaults(program.command('registry-check'))
    .description('play the requests of VS Code, Copilot, ToolHive, Docker or Windsurf against a registry address')
    .argument('<url>', 'the address as the client is configured with it')
    .option('--as <clients>', `${CLIENTS.join(', ')}, separated by commas; all unless told`, CLIENTS.join(','))
    .option('--token <token>', 'for an address that needs one (better: HALLMARK_VIEW_TOKEN)')
    .option('--format <format>', 'text or json', 'text')
    .addHelpText('after', '\nExit codes: 0 every client works, 1 one does not, 2 wrong use.')
    .action((url: string, options: Options, command: Command) => reportFaults(command, () => run(url, options)));
}

async function run(baseUrl: string, { as, token, format }: Options): Promise<void> {
  const clients = as.split(',').map((client) => client.trim());
  const wrong = clients.find((client) => !isCheckedClient(client));
  if (wrong !== undefined) throw new UsageFault(`--as ${wrong} is none of ${CLIENTS.join(', ')}.`);
  if (format !== 'text' && format !== 'json') throw new UsageFault(`--format ${format} is neither text nor json.`);
  const secret = token ?? (process.env.HALLMARK_VIEW_TOKEN || null);
  const checks = [];
  for (const client of clients as CheckedClient[]) {
    const check = await checkClient({ client, baseUrl, token: secret, ask: checkAsk });
    checks.push(check);
    if (format === 'text') print(`${checks.length > 1 ? '\n' : ''}${checkText(check)}`);
  }
  if (format === 'json') print(JSON.stringify(checks, null, 2));
  process.exitCode = checks.some(({ outcome }) => outcome === 'fails') ? EXIT_REFUSED : 0;
}
