import type { Updater } from 'tuf-js';

/**
 * tuf-js takes the reference time (§5.1) from the system clock when it is made and has no option for it. A client's
 * decisions must all use one time, so it is set here; the check below fails loudly if a new version moves the field.
 */
export function setReferenceTime(updater: Updater, now: Date): void {
  const { trustedSet } = updater as unknown as { trustedSet?: { referenceTime?: unknown } };
  if (!(trustedSet?.referenceTime instanceof Date)) {
    throw new Error('this version of tuf-js keeps its reference time elsewhere, so nothing is accepted');
  }
  trustedSet.referenceTime = now;
}
