import type { Coverage } from '#lib/catalog/views.ts';
import type { FindingLocation, Grade, ScanReport } from '#scanners/types.ts';
import type { AnswerKind } from '../answers/types.ts';

/** What a report is about. */
export type ReportSubject = {
  /** Name of the server, or of the file where only a file was scanned. */
  name: string;
  version?: string;
  coverage: Coverage;
  /** Lower-case hex sha256 of the documents that were scanned, where they are known. */
  sha256?: Partial<Record<FindingLocation['document'], string>>;
};

/** What publisher, reviewer or admin answered to a finding; it never removes the finding. `status` is SARIF's (§3.35.3). */
export type FindingAnswer = {
  fingerprint: string;
  status: 'accepted' | 'underReview' | 'rejected';
  justification: string;
  /** `disputed`, `withdrawn`, …, and who said it; absent where only a file says so. */
  answer?: AnswerKind;
  by?: string;
  at?: string;
  expiresAt?: string;
  isExpired?: boolean;
};

export type ReportInput = {
  subject: ReportSubject;
  report: ScanReport;
  answers?: readonly FindingAnswer[];
  /** The grade that counts, where an admin withdrew findings; `report.grade` stays what the scan said. */
  activeGrade?: Grade | null;
  /** Fingerprints of an earlier report: findings that are known already. */
  baseline?: ReadonlySet<string>;
  /** Where the pages of the rules are, e.g. `https://catalog.example.com`; links are left out without it. */
  siteUrl?: string;
};
