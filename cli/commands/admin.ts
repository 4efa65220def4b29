import type { Command } from 'commander';
import { createAdminSignInLink } from '#lib/auth/create-sign-in-link.ts';
import { config } from '#lib/config/config.ts';
import { withLastPublicUrl } from '../last-public-url.ts';
import { withDatabase } from '../with-database.ts';

/** `hallmark admin link`: a new one-time link, for an admin who lost the first one. */
export function registerAdmin(program: Command): void {
  program
    .command('admin')
    .description('help an admin back in')
    .command('link')
    .description('print a link that signs in once as the instance admin')
    .action(() =>
      withDatabase(async () => {
        process.stdout.write(`${await createAdminSignInLink(await withLastPublicUrl(config()), new Date())}\n`);
      }),
    );
}
