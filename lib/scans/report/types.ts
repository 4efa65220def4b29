import type { Coverage } from '#lib/catalog/views.ts';
import type { FindingLocation, ScanReport } from '#scanners/types.ts';

/** What a report is about. */
export type ReportSubject = {
  /** Name of the server, or of the file where only a file was scanned. */
  name: string;
  version?: string;
  coverage: Coverage;
  /** Lower-case hex sha256 of the documents that were scanned, where they are known. */
  sha256?: Partial<Record<FindingLocation['document'], string>>;
};

/** What publisher or reviewer answered to a finding; it never removes the finding. */
export type FindingAnswer = { fingerprint: string; status: 'accepted' | 'underReview'; justification: string };

export type ReportInput = {
  subject: ReportSubject;
  report: ScanReport;
  answers?: readonly FindingAnswer[];
  /** Fingerprints of an earlier report: findings that are known already. */
  baseline?: ReadonlySet<string>;
  /** Where the pages of the rules are, e.g. `https://catalog.example.com`; links are left out without it. */
  siteUrl?: string;
};
