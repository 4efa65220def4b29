import { unknownVariables } from '#lib/config/unknown-variables.ts';

/** Says on standard error which HALLMARK_* variables nothing reads. */
export function warnAboutVariables(): void {
  for (const warning of unknownVariables(process.env)) process.stderr.write(`${warning}\n`);
}
