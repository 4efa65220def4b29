import { escapePointerToken } from '../text/pointer.ts';
import type { FindingLocation } from '../types.ts';

/** A line of one of the package's files. */
export const packageLocation = (path: string, line: number, subject: string | null = null): FindingLocation => ({
  document: 'package',
  pointer: `/${escapePointerToken(path)}`,
  path,
  line,
  ...(subject === null ? {} : { subject }),
});
