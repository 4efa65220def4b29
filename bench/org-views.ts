/**
 * `node bench/org-views.ts [ENTRIES]`: what registry view, exports and console pages of an organization cost with an allowlist of
 * 10,000 entries unless told otherwise, and what deciding about 200 requests at once does. Milliseconds.
 */

import { setTimeout } from 'node:timers/promises';
import { listEvents, NO_FILTER } from '../lib/audit/list-events.ts';
import { db } from '../lib/db/db.ts';
import { publishFeed } from '../lib/feed/store/publish-feed.ts';
import { handleExports } from '../lib/http/orgs/handle-exports.ts';
import { handleRegistryView } from '../lib/http/orgs/handle-registry-view.ts';
import { explainAccess } from '../lib/orgs/allowlist/explain-access.ts';
import { getAllowlist } from '../lib/orgs/allowlist/get-allowlist.ts';
import { getEntry } from '../lib/orgs/allowlist/get-entry.ts';
import { endLockdown, startLockdown } from '../lib/orgs/allowlist/lockdown.ts';
import { revokeVersion } from '../lib/orgs/allowlist/revoke-version.ts';
import { orgTransaction } from '../lib/orgs/org-transaction.ts';
import { decideRequests } from '../lib/orgs/requests/decide-requests.ts';
import { getRequest } from '../lib/orgs/requests/get-request.ts';
import { listRequests } from '../lib/orgs/requests/list-requests.ts';
import { type BenchOrg, measure, nameOf, printHead, withBenchOrg } from './org-of-many.ts';

const ENTRIES = Number(process.argv[2] ?? 10_000);
const REQUESTS = 200;
const ROUNDS = 3;
/** Each is made for itself. */
const VARIANTS = ['?askAs=allow', '?askAs=deny', '?askAs=allow&windows=true', '?askAs=deny&windows=true'];
const actor = { type: 'system', name: 'bench' } as const;

await withBenchOrg({ servers: ENTRIES + REQUESTS * ROUNDS, entries: ENTRIES }, async (org) => {
  await publish(org);
  await openRequests(org);
  await registryView(org);
  await exportFiles(org);
  await consolePages(org);
  await decisions(org);
});

async function publish({ orgId }: BenchOrg): Promise<void> {
  await orgTransaction(orgId, (tx) => publishFeed(tx, { orgId, reason: 'bench', actor, now: new Date() }));
}

async function openRequests({ orgId, viewer }: BenchOrg): Promise<void> {
  await db().approvalRequest.createMany({
    data: Array.from({ length: REQUESTS * ROUNDS }, (_, i) => ({
      id: `r${i}`,
      orgId,
      serverId: `s${ENTRIES + i}`,
      kind: 'person' as const,
      requesterId: viewer.id,
      version: '1.0.0',
      versionRule: { kind: 'exact' },
      reason: 'bench',
      dueAt: new Date(),
    })),
  });
}

async function registryView(org: BenchOrg): Promise<void> {
  const { viewKey } = await db().org.findUniqueOrThrow({ where: { id: org.orgId } });
  const address = `http://localhost/orgs/acme/registry/k/${viewKey}/v0.1/servers`;
  const detail = `/${encodeURIComponent(nameOf(77))}/versions/latest`;
  const get = async (path: string, headers: Record<string, string> = {}, status = 200) => {
    const response = (await handleRegistryView(new Request(`${address}${path}`, { headers })))!;
    if (response.status !== status) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    return response;
  };
  printHead(`Registry view of ${ENTRIES} entries`);
  await measure(
    'first page, the first after a publication',
    5,
    () => get(''),
    () => publish(org),
  );
  await measure(
    'first page, the first in a second',
    5,
    () => get(''),
    () => setTimeout(1100),
  );
  await measure('first page of 30, asked before', 100, () => get(''));
  await measure('search', 100, () => get('?search=server-77'));
  await measure('one version', 100, () => get(detail));
  const etag = (await get('')).headers.get('etag')!;
  await measure('first page, unchanged (304)', 100, () => get('', { 'if-none-match': etag }, 304));
  const one = (await get(detail)).headers.get('etag')!;
  await measure('one version, unchanged (304)', 100, () => get(detail, { 'if-none-match': one }, 304));
}

async function exportFiles({ orgId }: BenchOrg): Promise<void> {
  const { viewKey } = await db().org.findUniqueOrThrow({ where: { id: orgId } });
  printHead('Exports');
  for (const file of ['claude-code-managed-settings.json', 'registry.json']) {
    const get = async (query: string) => {
      const request = new Request(`http://localhost/orgs/acme/exports/k/${viewKey}/${file}${query}`);
      const response = (await handleExports(request))!;
      if (response.status !== 200) throw new Error(`${file} answered ${response.status}: ${await response.text()}`);
      return (await response.arrayBuffer()).byteLength;
    };
    await measure(`${file}, made`, 4, (run) => get(VARIANTS[run]!));
    await measure(`${file}, asked before`, 20, () => get(''));
  }
}

async function consolePages({ orgId, viewer }: BenchOrg): Promise<void> {
  const orgSlug = 'acme';
  printHead('Console pages');
  await measure('allowlist, first page', 7, () => getAllowlist({ viewer, orgSlug, query: {} }));
  await measure('allowlist, last page', 7, () => getAllowlist({ viewer, orgSlug, query: { page: ENTRIES / 50 } }));
  await measure('allowlist, search', 7, () => getAllowlist({ viewer, orgSlug, query: { text: 'project 77' } }));
  await measure('entry', 7, () => getEntry({ viewer, orgSlug, serverName: nameOf(77) }));
  await measure('why is it allowed', 7, () => explainAccess({ viewer, orgSlug, serverName: nameOf(77) }));
  await measure('requests, first page', 7, () => listRequests({ viewer, orgSlug, view: 'open' }));
  await measure('request', 7, () => getRequest({ viewer, orgSlug, id: 'r7' }));
  await measure('audit, first page', 7, () => listEvents({ chain: orgId, filter: NO_FILTER }));
}

async function decisions({ viewer }: BenchOrg): Promise<void> {
  const orgSlug = 'acme';
  printHead('Decisions, each with its publication');
  const ids = (round: number) => Array.from({ length: REQUESTS }, (_, i) => `r${round * REQUESTS + i}`);
  await measure(`approve ${REQUESTS} requests`, ROUNDS - 1, (round) =>
    decideRequests({ viewer, orgSlug, ids: ids(round), decision: { kind: 'approve', reason: 'bench' } }),
  );
  await measure(`deny ${REQUESTS} requests`, 1, () =>
    decideRequests({ viewer, orgSlug, ids: ids(ROUNDS - 1), decision: { kind: 'deny', reason: 'bench' } }),
  );
  await measure('revoke all of a server', 5, (run) =>
    revokeVersion({ viewer, orgSlug, serverName: nameOf(run), version: null, reason: 'bench' }),
  );
  const lockdown = { viewer, orgSlug, reason: 'bench' };
  for (let i = 0; i < 2; i++) {
    await measure('lockdown', 1, () => startLockdown(lockdown));
    await measure('end of the lockdown', 1, () => endLockdown(lockdown));
  }
}
