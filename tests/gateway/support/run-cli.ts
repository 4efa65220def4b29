/** The feed and gateway commands as the `hallmark` command registers them, without the rest of the program. */
import { Command } from 'commander';
import { registerFeed } from '#cli/commands/feed.ts';
import { registerGateway } from '#cli/commands/gateway.ts';

const program = new Command('hallmark');
registerFeed(program);
registerGateway(program);
await program.parseAsync(process.argv);
