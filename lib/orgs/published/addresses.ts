import { config } from '#lib/config/config.ts';
import type { Part } from './narrowing.ts';
import type { ExportRequest } from './org-export.ts';

/** Of an organization's registry view, for its key or, without one, for a token. */
export function registryAddress(org: string, viewKey: string | null, { team, group, environment }: Part = {}): string {
  const parts = [
    ...(viewKey === null ? [] : ['k', viewKey]),
    ...(team === undefined ? [] : ['teams', team]),
    ...(group === undefined ? [] : ['groups', group]),
    ...(environment === undefined ? [] : ['environments', environment]),
  ];
  return [`${config().publicUrl}/orgs/${org}/registry`, ...parts.map(encodeURIComponent)].join('/');
}

/** Of an export. */
export function exportAddress(org: string, viewKey: string | null, file: string, asked: ExportRequest = {}): string {
  const key = viewKey === null ? '' : `/k/${encodeURIComponent(viewKey)}`;
  return `${config().publicUrl}/orgs/${org}/exports${key}/${file}${exportQuery(asked)}`;
}

export function exportQuery(asked: ExportRequest): string {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== false);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return search.size > 0 ? `?${search}` : '';
}
