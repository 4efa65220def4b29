import { JSON_REPORT_FORMAT, JSON_REPORTS_FORMAT } from './json.ts';
import { SARIF_FINGERPRINT } from './sarif.ts';

/** A file that is no report of ours. */
export class BaselineFault extends Error {}

/**
 * Fingerprints of the findings in an earlier report, JSON or SARIF as `hallmark scan` writes them: what is known already.
 * Throws BaselineFault that says what the file is instead.
 */
export function readBaseline(text: string): ReadonlySet<string> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new BaselineFault('is not JSON. Give a report that `hallmark scan --format json` or `--format sarif` wrote.');
  }
  const found = fromJson(value) ?? fromSarif(value);
  if (found) return new Set(found);
  throw new BaselineFault('is no report. Give a file that `hallmark scan --format json` or `--format sarif` wrote.');
}

type Open = Record<string, unknown>;
const isObject = (value: unknown): value is Open =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fromJson(value: unknown): string[] | null {
  if (!isObject(value)) return null;
  if (value.format === JSON_REPORTS_FORMAT && Array.isArray(value.reports)) {
    return value.reports.flatMap((report) => fromJson(report) ?? []);
  }
  if (value.format !== JSON_REPORT_FORMAT || !Array.isArray(value.findings)) return null;
  return value.findings.flatMap((finding) => textOf(finding, 'fingerprint'));
}

function fromSarif(value: unknown): string[] | null {
  if (!isObject(value) || value.version !== '2.1.0' || !Array.isArray(value.runs)) return null;
  const runs = value.runs.filter((run) => isObject(run) && Array.isArray(run.results)) as { results: unknown[] }[];
  if (runs.length === 0 || runs.length !== value.runs.length) return null;
  return runs
    .flatMap(({ results }) => results)
    .flatMap((result) =>
      isObject(result) && result.baselineState !== 'absent'
        ? textOf(result.partialFingerprints, SARIF_FINGERPRINT)
        : [],
    );
}

const textOf = (value: unknown, key: string): string[] =>
  isObject(value) && typeof value[key] === 'string' ? [value[key]] : [];
