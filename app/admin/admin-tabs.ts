export type Search = Record<string, string | string[] | undefined>;

export const ADMIN_TABS = [
  ['upstreams', 'Upstreams'],
  ['roots', 'Trust roots'],
  ['publishers', 'Publishers'],
  ['scans', 'Scans'],
  ['audit', 'Audit'],
  ['tokens', 'Admin tokens'],
] as const;

export type AdminTab = (typeof ADMIN_TABS)[number][0];

export const parseAdminTab = (value: string | string[] | undefined): AdminTab =>
  ADMIN_TABS.find(([id]) => id === [value].flat()[0])?.[0] ?? 'upstreams';

/** Address of a tab; empty values of `query` are left out. */
export function adminPath(tab: AdminTab, query: Record<string, string | number | null | undefined> = {}): string {
  const search = new URLSearchParams(tab === 'upstreams' ? {} : { tab });
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, String(value));
  return search.size > 0 ? `/admin?${search}` : '/admin';
}
