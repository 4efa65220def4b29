import { Command } from 'commander';
import { PRODUCT_VERSION } from '#lib/config/product.ts';

type Register = (program: Command) => void;

/** Every command with its file, in the order of the help. Loaded when asked for: `gateway` must not wait for a database client. */
const COMMANDS: Record<string, () => Promise<Register>> = {
  start: async () => (await import('./commands/start.ts')).registerStart,
  web: async () => (await import('./commands/web.ts')).registerWeb,
  worker: async () => (await import('./commands/worker.ts')).registerWorker,
  admin: async () => (await import('./commands/admin.ts')).registerAdmin,
  import: async () => (await import('./commands/import.ts')).registerImport,
  sync: async () => (await import('./commands/sync.ts')).registerSync,
  osv: async () => (await import('./commands/osv.ts')).registerOsv,
  scan: async () => (await import('./commands/scan.ts')).registerScan,
  rescan: async () => (await import('./commands/rescan.ts')).registerRescan,
  sign: async () => (await import('./commands/sign.ts')).registerSign,
  verify: async () => (await import('./commands/verify.ts')).registerVerify,
  login: async () => (await import('./commands/login.ts')).registerLogin,
  publish: async () => (await import('./commands/publish.ts')).registerPublish,
  feed: async () => (await import('./commands/feed.ts')).registerFeed,
  audit: async () => (await import('./commands/audit.ts')).registerAudit,
  'registry-check': async () => (await import('./commands/registry-check.ts')).registerRegistryCheck,
  keys: async () => (await import('./commands/keys.ts')).registerKeys,
  conformance: async () => (await import('./commands/conformance.ts')).registerConformance,
  gateway: async () => (await import('./commands/gateway.ts')).registerGateway,
};

/** The `hallmark` command with the subcommand that `argv` names, or with all of them for the help. */
export async function createProgram(argv: string[]): Promise<Command> {
  const program = new Command('hallmark')
    .description('MCP registry and trust catalog: run it, publish to it, enforce what it allows.')
    .version(PRODUCT_VERSION)
    .showHelpAfterError('(run with --help for the options)');
  for (const name of namesToLoad(argv[2])) (await COMMANDS[name]!())(program);
  return program;
}

function namesToLoad(first: string | undefined): string[] {
  if (first === '--version' || first === '-V') return [];
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}
