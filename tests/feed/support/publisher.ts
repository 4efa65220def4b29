import { closeDb } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';

// A process that publishes one feed several times: `node publisher.ts <orgId> <times>`. Prints the serials.
const [orgId = '', times = '1'] = process.argv.slice(2);
const serials: number[] = [];
for (let i = 0; i < Number(times); i++) {
  const actor = { type: 'system', name: `publisher ${process.pid}` } as const;
  serials.push(
    await orgTransaction(orgId, (tx) => publishFeed(tx, { orgId, reason: 'at once', actor, now: new Date() })),
  );
}
process.stdout.write(JSON.stringify(serials));
await closeDb();
