import { randomInt } from 'node:crypto';

const HOUR_MS = 3_600_000;

/** How long a proof may fail before its badge falls. */
export const LAPSE_MS = 7 * 24 * HOUR_MS;

/** A day from now, give or take two hours, so that what was proven together is not always asked together. */
export const nextCheckAfter = (now: Date): Date => new Date(now.getTime() + randomInt(22 * HOUR_MS, 26 * HOUR_MS));

/** Sooner while a proof fails: a badge that comes back late is as wrong as one that falls late. */
export const nextCheckAfterFailure = (now: Date): Date => new Date(now.getTime() + randomInt(5 * HOUR_MS, 7 * HOUR_MS));

/** After an answer that decided nothing. */
export const nextCheckAfterSilence = (now: Date): Date => new Date(now.getTime() + HOUR_MS);
