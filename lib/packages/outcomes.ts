import type { JsonObject } from '#lib/manifest/types.ts';
import { CheckFault } from './check-fault.ts';
import { stateOf } from './codes.ts';
import type { NameToken } from './name-token.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageCheckKind, PackageType } from './types.ts';

/**
 * One answer for every kind of question about a package. A package that is missing or wrong is said once, under the
 * first kind; the others then have nothing to be asked of.
 */
export function faultOutcomes({ kinds }: PackageType, { code, message, facts }: CheckFault): Outcome[] {
  const isFault = stateOf(code) === 'failed' || stateOf(code) === 'absent';
  return kinds.map((kind, index) => {
    if (index === 0 || !isFault) return { kind, code, message, facts };
    return { kind, code: 'NOTHING_FOUND', message: 'There is no usable package to ask this of.' };
  });
}

/** Asks one kind of question; a CheckFault becomes its answer and leaves the other kinds alone. */
export async function answerKind(kind: PackageCheckKind, ask: () => Promise<Omit<Outcome, 'kind'>>): Promise<Outcome> {
  try {
    return { kind, ...(await ask()) };
  } catch (error) {
    if (!(error instanceof CheckFault)) throw error;
    return { kind, code: error.code, message: error.message, facts: error.facts };
  }
}

/** Ownership by a name that the package gives as a value of its own: `mcpName`, an image label. */
export function judgeName({
  seen,
  serverName,
  label,
  place,
  fix,
}: {
  seen: unknown;
  serverName: string;
  label: string;
  /** Where it was looked for, e.g. `mcpName in package.json`. */
  place: string;
  fix: string;
}): Outcome {
  const kind = 'ownership';
  if (seen === serverName) {
    return {
      kind,
      code: 'NAME_MATCHES',
      message: `${label} names this server (${place}).`,
      facts: { seen: serverName },
    };
  }
  if (seen === undefined || seen === null || seen === '') {
    return { kind, code: 'NAME_MISSING', message: `${label} does not say which server it is. ${fix}` };
  }
  const text = typeof seen === 'string' ? shown(seen) : shown(JSON.stringify(seen));
  const facts: JsonObject = { seen: text };
  if (typeof seen === 'string' && seen.toLowerCase() === serverName.toLowerCase()) {
    const message = `${label} names ${text}; names are compared with their case. ${fix}`;
    return { kind, code: 'NAME_CASE', message, facts };
  }
  return { kind, code: 'NAME_DIFFERS', message: `${label} names another server: ${text} (${place}). ${fix}`, facts };
}

/** Ownership by `mcp-name: …` in a README. */
export function judgeToken({
  token,
  isHidden = false,
  serverName,
  label,
  readme,
}: {
  token: NameToken;
  /** The name is there, but only where a reader does not see it. */
  isHidden?: boolean;
  serverName: string;
  label: string;
  /** What the README is called there, e.g. `project description`. */
  readme: string;
}): Outcome {
  const kind = 'ownership';
  const fix = `Add the line "mcp-name: ${serverName}" to the ${readme} of ${label} and publish a new version.`;
  if (token.found === 'name') {
    const facts = { seen: serverName };
    return { kind, code: 'NAME_MATCHES', message: `The ${readme} of ${label} names this server.`, facts };
  }
  if (isHidden) {
    const message = `The ${readme} of ${label} names this server only in a comment or tag, which its registry does not show. ${fix}`;
    return { kind, code: 'NAME_HIDDEN', message };
  }
  if (token.found === 'nothing') {
    return { kind, code: 'NAME_MISSING', message: `The ${readme} of ${label} names no server. ${fix}` };
  }
  const seen = shown(token.seen);
  const facts = { seen };
  switch (token.found) {
    case 'case': {
      const message = `The ${readme} of ${label} names ${seen}; names are compared with their case. ${fix}`;
      return { kind, code: 'NAME_CASE', message, facts };
    }
    case 'runs-on': {
      const message = `The ${readme} of ${label} names ${seen}, which goes on where ${serverName} ends. Put a space or a new line behind the name and publish a new version.`;
      return { kind, code: 'NAME_NOT_ENDED', message, facts };
    }
    default: {
      const message = `The ${readme} of ${label} names another server: ${seen}. ${fix}`;
      return { kind, code: 'NAME_DIFFERS', message, facts };
    }
  }
}

export type NamedDigest = { name: string; digest: string };

/** What the registry says that its content is: `algorithm:hex` by name. Kept, so that a later check sees a change, with `facts`. */
export function digestOutcome(label: string, digests: readonly NamedDigest[], facts: JsonObject = {}): Outcome {
  const [first, ...others] = digests;
  if (!first) {
    return { kind: 'digest', code: 'DIGEST_ABSENT', message: `The registry names no digest of ${label}.`, facts };
  }
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const message = `${label} is ${first.digest}${more}. A later check sees it if that changes.`;
  return {
    kind: 'digest',
    code: 'DIGEST_KNOWN',
    message,
    facts: { digests: digests.map(({ name, digest }) => ({ name: shown(name), digest })), ...facts },
  };
}
