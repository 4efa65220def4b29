import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { publishedList } from '../published/published-list.ts';

/**
 * Ids of the servers that an organization of the viewer allows by what it published last: not suspended, ended, denied or
 * locked down. Null for an organization that the viewer is no member of, and for nobody: its list is no news for others.
 */
export async function allowedServerIds(viewer: Viewer | null, orgSlug: string): Promise<string[] | null> {
  const org = viewer?.orgs.find(({ slug }) => slug === orgSlug);
  if (!org) return null;
  const list = await publishedList(org.id);
  if (!list || list.allowlist.mode === 'lockdown') return [];
  const { servers } = list.allowlist;
  const wholly = new Set(
    list.revocations.revocations.filter(({ version }) => version === undefined).map(({ name }) => name),
  );
  const now = Date.now();
  const names = servers.flatMap(({ name, versions }) => {
    const isOpen = versions.some(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now);
    return isOpen && !wholly.has(name) ? [name] : [];
  });
  const rows = await db().$queryRaw<{ ids: string[] }[]>`
    select array(select id from "Server" where name = any(${names}::text[])) as ids`;
  return rows[0]?.ids ?? [];
}
