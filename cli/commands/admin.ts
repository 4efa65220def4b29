import type { Command } from 'commander';
import { createAdminSignInLink } from '#lib/auth/create-sign-in-link.ts';
import { config } from '#lib/config/config.ts';
import { appointOwner } from '#lib/orgs/members/appoint-owner.ts';
import { withLastPublicUrl } from '../last-public-url.ts';
import { withDatabase } from '../with-database.ts';

/** `hallmark admin`: help for those who locked themselves out. */
export function registerAdmin(program: Command): void {
  const admin = program.command('admin').description('help people back in');
  admin
    .command('link')
    .description('print a link that signs in once as the instance admin')
    .action(() =>
      withDatabase(async () => {
        process.stdout.write(`${await createAdminSignInLink(await withLastPublicUrl(config()), new Date())}\n`);
      }),
    );
  admin
    .command('appoint')
    .description('make somebody the owner of an organization that has none any more')
    .requiredOption('--org <slug>', 'short name of the organization')
    .requiredOption('--email <address>', 'address of somebody who has signed in before')
    .action(({ org, email }: { org: string; email: string }) =>
      withDatabase(async () => {
        const done = await appointOwner({ orgSlug: org, email });
        process.stdout.write(`${done.owner} owns ${done.org} now.\n`);
      }),
    );
}
