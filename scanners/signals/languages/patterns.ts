/**
 * Words of the two clearest signals, and two weak ones, in languages besides English. Patterns run on the `plain` form (every
 * script kept, case ignored). `\b` knows only ASCII letters, so word starts are written as `(?<![\p{L}])`.
 */
export type LanguagePatterns = {
  language: string;
  /** Letters or small words that only texts in this language are likely to have: a cheap gate before the long patterns. */
  hint: RegExp;
  /** "ignore all previous instructions" */
  override: RegExp;
  /** "do not tell the user", "without the user noticing" */
  conceal: RegExp;
  /** "before using … you must call …", "always run …" */
  obligation?: RegExp;
  /** "send … to" an address */
  sink?: RegExp;
  /** "before/when using <tool> … must/change"; the group `tool` is the name. */
  beforeOther?: RegExp;
};

export const ADDRESS = String.raw`(?:[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}|https?:\/\/[^\s"'\x60)>]{4,120})`;

/** A name with an underscore or a dot; in scripts without Latin letters any Latin word is a name. */
export const NAME = String.raw`["'\x60“„«»]{0,2}(?<tool>[a-z]\w{0,40}[_.]\w{1,40})["'\x60”“«»]{0,2}`;
export const LATIN_NAME = '["\'\\x60“「『]{0,2}(?<tool>[a-z][\\w.-]{2,60})["\'\\x60”」』]{0,2}';

/** A pattern for a script with spaces between words. */
export const words = (pattern: string): RegExp => new RegExp(`(?<![\\p{L}])(?:${pattern})`, 'giu');
/** A pattern for a script without them. */
export const signs = (pattern: string): RegExp => new RegExp(pattern, 'giu');
