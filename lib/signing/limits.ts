/** Largest bundle that is read, in bytes. Real bundles have 2 to 11 KB. */
export const BUNDLE_MAX_BYTES = 256 * 1024;

/** Largest `trusted_root.json` that is read, in bytes. The public-good one has 7 KB. */
export const TRUSTED_ROOT_MAX_BYTES = 1024 * 1024;

/** Most log entries, signed timestamps or certificates in one bundle: each costs a signature check. */
export const BUNDLE_MAX_EVIDENCE = 16;

/** Most subjects of an in-toto statement. */
export const STATEMENT_MAX_SUBJECTS = 1024;

/** Longest ref pattern and longest ref that are compared, in UTF-16 code units. */
export const REF_MAX_LENGTH = 512;

/** Highest value of a threshold of a trust root. */
export const THRESHOLD_MAX = 8;
