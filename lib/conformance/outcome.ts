import type { Fault } from './types.ts';

/** A rule does not hold. */
export class CaseFailure extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`${fault.request}: expected ${fault.expected}, saw ${fault.seen}`);
    this.fault = { request: fault.request, expected: shorten(fault.expected, 600), seen: shorten(fault.seen, 600) };
  }
}

/** A rule cannot be tried here; the message says why. */
export class CaseSkip extends Error {}

/** A token that was given is none, or has expired: every case that writes would only say so again. */
export class TokenRefused extends Error {}

/** One line of at most `limit` characters. */
export function shorten(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}… (${text.length} characters)`;
}
