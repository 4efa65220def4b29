import { CLIENTS_BETWEEN } from './clients-between.ts';
import { CLIENTS_OF_PEOPLE } from './clients-of-people.ts';
import type { ExportClient } from './export-client.ts';

export type { ExportClient, FormatConfidence } from './export-client.ts';

/** Every client that an allowlist can be written for. Page, commands and docs/clients.md are made from this table. */
export const EXPORT_CLIENTS = { ...CLIENTS_OF_PEOPLE, ...CLIENTS_BETWEEN } as const satisfies Record<
  string,
  ExportClient
>;

export type ExportClientId = keyof typeof EXPORT_CLIENTS;

export const exportClient = (id: ExportClientId): ExportClient => EXPORT_CLIENTS[id];

export const isExportClient = (id: string): id is ExportClientId => Object.hasOwn(EXPORT_CLIENTS, id);

/** The client that a file name belongs to; null for any other. */
export function clientOfFile(file: string): ExportClientId | null {
  const found = Object.entries(EXPORT_CLIENTS).find(([, client]) => client.file === file);
  return found ? (found[0] as ExportClientId) : null;
}
