import type { ScanView } from '#lib/catalog/views.ts';
import type { Finding } from '#scanners/types.ts';

/** The accusations that no admin withdrew. */
export const standingAccusations = (scan: ScanView | null): Finding[] =>
  (scan?.findings ?? []).filter(
    (finding) => finding.class === 'accusation' && !scan?.withdrawn.includes(finding.fingerprint),
  );
