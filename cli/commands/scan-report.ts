import { renderJson, renderJsonReports } from '#lib/scans/report/json.ts';
import { renderMarkdown } from '#lib/scans/report/markdown.ts';
import { renderSarif, renderSarifRuns } from '#lib/scans/report/sarif.ts';
import { renderTerminal } from '#lib/scans/report/terminal.ts';
import type { ReportInput } from '#lib/scans/report/types.ts';
import type { ScanReport } from '#scanners/types.ts';
import type { ScanTarget } from './scan-input.ts';
import type { Looked } from './scan-look.ts';

export const FORMATS = ['text', 'json', 'sarif', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** The report in one format, without a line feed at its end. Colours only on a terminal. */
export function renderReport({
  target,
  looked,
  report,
  format,
  baseline,
}: {
  target: ScanTarget;
  looked: Looked;
  report: ScanReport;
  format: Format;
  baseline?: ReadonlySet<string> | undefined;
}): string {
  const input: ReportInput = {
    subject: { ...target.subject, coverage: looked.coverage },
    report,
    ...(baseline ? { baseline } : {}),
  };
  return RENDERERS[format](input).trimEnd();
}

const RENDERERS: Record<Format, (input: ReportInput) => string> = {
  text: (input) => renderTerminal(input, { color: process.stdout.isTTY === true && !process.env.NO_COLOR }),
  json: renderJson,
  sarif: renderSarif,
  markdown: renderMarkdown,
};

/** Several reports as one text, without a line feed at its end. */
export function renderReports(inputs: readonly ReportInput[], format: Format): string {
  if (format === 'json') return renderJsonReports(inputs).trimEnd();
  if (format === 'sarif') return renderSarifRuns(inputs).trimEnd();
  return inputs
    .map((input) => RENDERERS[format](input))
    .join('\n')
    .trimEnd();
}
