/**
 * Every way a feed can be refused, with what it means. Callers branch on the code, people read the message of the
 * error that was thrown. Documentation is generated from this list.
 */
export const FEED_ERRORS = {
  FEED_TRUST_MALFORMED: 'The trust file is not one: a field is missing, or a key does not match its key id.',
  FEED_STATE_MALFORMED: 'The state directory is damaged, or belongs to another feed.',
  FEED_STATE_IO: 'The state directory cannot be read or written.',
  FEED_UNREACHABLE: 'The feed did not answer in time, or answered without the document.',
  FEED_TOO_LARGE: 'The feed sent more bytes than a document of that kind may have.',
  FEED_MALFORMED: 'A document of the feed does not have the agreed form.',
  FEED_SIGNATURE: 'Too few valid signatures by keys of the trust file.',
  FEED_WRONG_ORG: 'The document is signed, but for another organization.',
  FEED_EXPIRED: 'The head has expired: the feed is frozen, or its publisher stopped.',
  FEED_CLOCK: 'The head was issued in the future: a clock is wrong.',
  FEED_ROLLBACK: 'The feed is older than what was accepted before.',
  FEED_EPOCH: 'The epoch rose without a signature of the recovery key.',
  FEED_RECOVERY: 'A head changes keys without a signature of the recovery key.',
  FEED_OFFLINE_HEAD: 'A head that was made for a closed network came over the network.',
  FEED_EQUIVOCATION: 'Two different lists carry the same serial number.',
  FEED_BODY_MISMATCH: 'A body is not the one that the signed head names.',
  FEED_TUF: 'The TUF repository did not verify.',
  FEED_PROFILES_DISAGREE: 'The signed head and the TUF repository name different documents.',
} as const;

export type FeedErrorCode = keyof typeof FEED_ERRORS;

export const FEED_ERROR_CODES = Object.keys(FEED_ERRORS) as FeedErrorCode[];

/** A feed that is not accepted. `message` is a sentence for a person, `code` is stable. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
  readonly code: FeedErrorCode;

  constructor(code: FeedErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Things worth saying about a feed that was accepted. */
export const FEED_WARNINGS = {
  FEED_WARN_CLOCK: 'The head was issued up to two minutes in the future.',
  FEED_WARN_KEY_ENDS: 'Every key that signed the head leaves the trust file within 30 days.',
  FEED_WARN_ROOT_ENDS: 'The TUF root expires within 60 days.',
  FEED_WARN_PLAIN_HTTP: 'The feed is read over plain http: signed, but readable on the way.',
} as const;

export type FeedWarningCode = keyof typeof FEED_WARNINGS;
export type FeedWarning = { code: FeedWarningCode; message: string };

/** Every way building a publication can fail; nothing is published then. */
export const FEED_BUILD_ERRORS = {
  FEED_BUILD_NO_SIGNER: 'A role has no key to sign with.',
  FEED_BUILD_ROOT_UNSIGNED: 'A new root lacks the signatures that readers of the previous root ask for.',
  FEED_BUILD_FOREIGN_KEY: 'A document was signed with a key that the current root does not name for that role.',
  FEED_BUILD_DUPLICATE: 'A server, version or tool is listed twice.',
} as const;

export type FeedBuildErrorCode = keyof typeof FEED_BUILD_ERRORS;

export class FeedBuildError extends Error {
  override readonly name = 'FeedBuildError';
  readonly code: FeedBuildErrorCode;

  constructor(code: FeedBuildErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
