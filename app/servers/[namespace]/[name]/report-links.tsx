import type { ServerPage } from '#lib/catalog/views.ts';

const FORMATS = [
  ['json', 'JSON'],
  ['sarif', 'SARIF'],
  ['markdown', 'Markdown'],
] as const;

/** The report of the shown version as a file, with what was answered to its findings in public. */
export function ReportLinks({ server: { name, version } }: { server: ServerPage }) {
  const base = `/api/v1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}/report`;
  return (
    <>
      <h2 className="label mt-5 mb-1">Download the report</h2>
      <ul className="flex flex-wrap gap-x-4 text-sm">
        {FORMATS.map(([format, label]) => (
          <li key={format}>
            <a href={`${base}?format=${format}`} className="link">
              {label}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
