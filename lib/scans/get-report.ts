import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Finding, Grade, Permission, Risk } from '#scanners/types.ts';
import { getAnswers, reportAnswers } from './answers/index.ts';
import { renderJson } from './report/json.ts';
import { renderMarkdown } from './report/markdown.ts';
import { renderSarif } from './report/sarif.ts';
import type { ReportInput } from './report/types.ts';

/** Every format that a report is given in, with what renders it. */
export const REPORT_FORMATS = {
  json: { render: renderJson, contentType: 'application/json', extension: 'json' },
  sarif: { render: renderSarif, contentType: 'application/sarif+json', extension: 'sarif' },
  markdown: { render: renderMarkdown, contentType: 'text/markdown; charset=utf-8', extension: 'md' },
} as const satisfies Record<string, { render(input: ReportInput): string; contentType: string; extension: string }>;

export type ReportFormat = keyof typeof REPORT_FORMATS;

export type Report = { body: string; contentType: string; fileName: string };

/**
 * The report of the scan that counts of a version (`latest` for the one that is listed), with what publisher and admins
 * answered in public and, with `org`, what that organization answered for itself. The same scan and answers give the same bytes. Throws NOT_FOUND also where no scan has finished.
 */
export async function getReport({
  serverName,
  version,
  format,
  org = null,
  now = new Date(),
}: {
  serverName: string;
  version: string;
  format: ReportFormat;
  org?: { id: string } | null;
  now?: Date;
}): Promise<Report> {
  const row = await db().version.findFirst({
    where: { serverName, ...(version === 'latest' ? { isLatest: true } : { version }) },
    select: {
      version: true,
      manifestSha256: true,
      currentScan: {
        select: {
          rulesetVersion: true,
          coverage: true,
          findings: true,
          permissions: true,
          grade: true,
          activeGrade: true,
          risk: true,
        },
      },
    },
  });
  if (!row) throw new DomainError('NOT_FOUND', 'Server version not found');
  const scan = row.currentScan;
  if (!scan) throw new DomainError('NOT_FOUND', `No scan of ${serverName} ${row.version} has finished yet.`);
  const { render, contentType, extension } = REPORT_FORMATS[format];
  const grade = scan.grade as Grade | null;
  const body = render({
    subject: {
      name: serverName,
      version: row.version,
      coverage: scan.coverage as ReportInput['subject']['coverage'],
      sha256: { 'server.json': row.manifestSha256 },
    },
    report: {
      rulesetVersion: scan.rulesetVersion ?? 'unknown',
      findings: scan.findings as unknown as Finding[],
      permissions: scan.permissions as unknown as Permission[],
      grade,
      risk: scan.risk as Risk,
    },
    activeGrade: (scan.activeGrade as Grade | null) ?? grade,
    answers: reportAnswers(await getAnswers({ serverName, viewer: org && { orgs: [org] }, now })),
    siteUrl: config().publicUrl,
  });
  const fileName = `${`${serverName}-${row.version}`.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}.${extension}`;
  return { body, contentType, fileName };
}
