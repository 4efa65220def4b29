import type { ErrorCode } from '#lib/http/domain-error.ts';
import type { PackageCheckState } from './types.ts';

type CodeRule = {
  state: PackageCheckState;
  /** What the code means wherever it turns up. */
  meaning: string;
  /** Set where a publication is refused for it while HALLMARK_PACKAGE_OWNERSHIP is `require`. */
  refusal?: ErrorCode;
};

/** Every answer about a package. Stable: pages and callers branch on the code, people read the message beside it. */
export const PACKAGE_CHECK_CODES = {
  NAME_MATCHES: { state: 'proven', meaning: 'The published package names the server.' },
  NAME_MISSING: { state: 'absent', meaning: 'The package names no server.', refusal: 'PACKAGE_NOT_OWNED' },
  NAME_DIFFERS: { state: 'failed', meaning: 'The package names another server.', refusal: 'PACKAGE_NOT_OWNED' },
  NAME_CASE: {
    state: 'failed',
    meaning: 'The package names the server in another case.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  NAME_NOT_ENDED: {
    state: 'failed',
    meaning: 'The name in the README goes on behind the server name.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  NAME_HIDDEN: {
    state: 'failed',
    meaning: 'The server name stands where readers of the README do not see it.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  PACKAGE_NOT_FOUND: {
    state: 'failed',
    meaning: 'The registry has no such package.',
    refusal: 'PACKAGE_NOT_FOUND',
  },
  VERSION_NOT_FOUND: {
    state: 'failed',
    meaning: 'The registry has the package, but not this version.',
    refusal: 'PACKAGE_NOT_FOUND',
  },
  VERSION_NOT_NAMED: {
    state: 'failed',
    meaning: 'The manifest names no version of the package, so nothing can be checked.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  IDENTIFIER_INVALID: {
    state: 'failed',
    meaning: 'The identifier is not the name of a package.',
    refusal: 'PACKAGE_NOT_FOUND',
  },
  TOO_MANY_PACKAGES: {
    state: 'failed',
    meaning: 'The manifest has more packages than are checked.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  ANSWER_TOO_LARGE: {
    state: 'failed',
    meaning: 'What the registry has about the package is larger than what is read of it.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  CONTENT_UNREADABLE: {
    state: 'failed',
    meaning: 'What was published is not a package of its type.',
    refusal: 'PACKAGE_NOT_OWNED',
  },
  NOTHING_FOUND: { state: 'absent', meaning: 'There is no package that this could be asked of.' },

  DIGEST_KNOWN: { state: 'proven', meaning: 'The registry names the digest of what it has.' },
  DIGEST_ABSENT: { state: 'absent', meaning: 'The registry names no digest.' },
  DIGEST_MISMATCH: {
    state: 'failed',
    meaning: 'The content is not what the digest in the reference says.',
    refusal: 'PACKAGE_HASH_MISMATCH',
  },
  DIGEST_CHANGED: { state: 'failed', meaning: 'The same name stands for other content than at the first check.' },

  HASH_MATCHES: { state: 'proven', meaning: 'The file has the hash that the manifest gives.' },
  HASH_MISMATCH: {
    state: 'failed',
    meaning: 'The file has another hash than the manifest gives.',
    refusal: 'PACKAGE_HASH_MISMATCH',
  },
  HASH_NOT_NAMED: {
    state: 'absent',
    meaning: 'The manifest gives no hash of the file.',
    refusal: 'PACKAGE_HASH_MISMATCH',
  },
  NOT_A_BUNDLE: {
    state: 'failed',
    meaning: 'The file is not an MCP bundle.',
    refusal: 'PACKAGE_NOT_FOUND',
  },
  ZIP_BOMB: {
    state: 'failed',
    meaning: 'The archive unpacks to far more than it is.',
    refusal: 'PACKAGE_BOMB',
  },

  PROVENANCE_MATCHES: { state: 'proven', meaning: 'Built from the repository that the manifest names.' },
  PROVENANCE_NOT_COMPARED: {
    state: 'proven',
    meaning: 'The provenance holds; the manifest or the certificate names no repository to compare.',
  },
  PROVENANCE_MISMATCH: { state: 'failed', meaning: 'Built from another repository than the manifest names.' },
  PROVENANCE_INVALID: { state: 'failed', meaning: 'The provenance does not hold.' },
  PROVENANCE_ABSENT: { state: 'absent', meaning: 'The package was published without provenance.' },
  PROVENANCE_PARTIAL: { state: 'absent', meaning: 'Some files of the release have no provenance.' },
  PROVENANCE_WITHHELD: {
    state: 'unreachable',
    meaning: 'The registry says that there is provenance and does not give it.',
  },

  NOT_OFFERED: { state: 'not_offered', meaning: 'The registry, or the mirror in its place, does not offer this.' },
  REGISTRY_NOT_ASKED: {
    state: 'not_offered',
    meaning: 'The package is on a registry that this instance does not ask.',
  },
  TYPE_NOT_CHECKED: { state: 'not_offered', meaning: 'Packages of this type cannot be checked.' },

  REGISTRY_UNREACHABLE: { state: 'unreachable', meaning: 'The registry could not be reached.' },
  REGISTRY_FAILED: { state: 'unreachable', meaning: 'The registry answered with a failure of its own.' },
  ANSWER_UNREADABLE: { state: 'unreachable', meaning: 'The registry answered with something else than it should.' },
  ADDRESS_REFUSED: {
    state: 'unreachable',
    meaning: 'The package is at, or leads to, an address that is not public.',
    refusal: 'ADDRESS_REFUSED',
  },
} as const satisfies Record<string, CodeRule>;

export type PackageCheckCode = keyof typeof PACKAGE_CHECK_CODES;

export const stateOf = (code: PackageCheckCode): PackageCheckState => PACKAGE_CHECK_CODES[code].state;

/** The error of a publication that is refused for this answer, or null. */
export function refusalOf(code: PackageCheckCode): ErrorCode | null {
  const rule: CodeRule = PACKAGE_CHECK_CODES[code];
  return rule.refusal ?? null;
}
