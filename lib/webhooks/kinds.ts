import { EVENT_KINDS } from '#lib/audit/events.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { WEBHOOK_LIMITS } from './limits.ts';

/** `*`, a kind, or a family such as `allowlist.*`. */
export const matchesKinds = (kinds: readonly string[], kind: string): boolean =>
  kinds.some(
    (wanted) => wanted === '*' || wanted === kind || (wanted.endsWith('.*') && kind.startsWith(wanted.slice(0, -1))),
  );

/** The kinds out of a text with commas or white space between them, each once. Throws UNPROCESSABLE for one that no event has. */
export function parseKinds(text: string): string[] {
  const given = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  if (given.length === 0) return ['*'];
  if (given.length > WEBHOOK_LIMITS.kinds) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Name at most ${WEBHOOK_LIMITS.kinds} kinds, or a family such as allowlist.*`,
    );
  }
  const known = Object.keys(EVENT_KINDS);
  const unknown = given.find((wanted) => !known.some((kind) => matchesKinds([wanted], kind)));
  if (unknown !== undefined) {
    throw new DomainError(
      'UNPROCESSABLE',
      `No event is of the kind "${unknown.slice(0, 100)}". Name kinds such as allowlist.revoked, families such as allowlist.*, or * for all.`,
    );
  }
  return given.includes('*') ? ['*'] : given;
}
