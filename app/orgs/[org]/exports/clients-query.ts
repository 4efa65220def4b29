import { type CheckedClient, isCheckedClient } from '#lib/exports/client-checks/index.ts';
import { type ExportClientId, isExportClient } from '#lib/exports/index.ts';
import type { ExportRequest } from '#lib/orgs/published/org-export.ts';
import { orgPath } from '../../../paths.ts';

export type ClientsQuery = { client: ExportClientId; check: CheckedClient | null; asked: ExportRequest };

type Search = Record<string, string | string[] | undefined>;

/** What the address of the page asks for; what it cannot mean is not there. */
export function parseClientsQuery(search: Search): ClientsQuery {
  const textOf = (name: string) => [search[name]].flat()[0]?.slice(0, 200) || undefined;
  const client = textOf('client') ?? '';
  const check = textOf('check') ?? '';
  const asked: ExportRequest = {
    team: textOf('team'),
    group: textOf('group'),
    environment: textOf('environment'),
    askAs: textOf('askAs') === 'allow' ? 'allow' : undefined,
    windows: textOf('windows') === 'true' ? true : undefined,
  };
  return {
    client: isExportClient(client) ? client : 'copilot',
    check: isCheckedClient(check) ? check : null,
    asked: Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  };
}

/** The page with another client, and the same narrowing. */
export const clientPath = (slug: string, client: ExportClientId, asked: ExportRequest): string =>
  orgPath(slug, 'exports', { client, ...askedTexts(asked) });

export const askedTexts = (asked: ExportRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)]));
