import { Command } from 'commander';
import { registerAdmin } from './commands/admin.ts';
import { registerFeed } from './commands/feed.ts';
import { registerGateway } from './commands/gateway.ts';
import { registerImport } from './commands/import.ts';
import { registerPublish } from './commands/publish.ts';
import { registerScan } from './commands/scan.ts';
import { registerSign } from './commands/sign.ts';
import { registerStart } from './commands/start.ts';
import { registerVerify } from './commands/verify.ts';
import { registerWeb } from './commands/web.ts';
import { registerWorker } from './commands/worker.ts';

/** The `hallmark` command; one file a subcommand. */
export function createProgram(): Command {
  const program = new Command('hallmark')
    .description('MCP registry and trust catalog: run it, publish to it, enforce what it allows.')
    .version('0.1.0')
    .showHelpAfterError('(run with --help for the options)');
  for (const register of [
    registerStart,
    registerWeb,
    registerWorker,
    registerImport,
    registerAdmin,
    registerSign,
    registerVerify,
    registerPublish,
    registerScan,
    registerFeed,
    registerGateway,
  ]) {
    register(program);
  }
  return program;
}
