import type { FoldedText } from '../text/fold.ts';
import type { SignalSpan } from './types.ts';

/** Matches kept per pattern and text: one is enough to judge, a few are enough to show. */
const MAX_MATCHES = 5;
/** Rejected matches after which a text is left: more than honest texts have, and a bound for hostile ones. */
const MAX_TRIED = 2_000;

/** The first matches of a global pattern as spans, those that `keep` accepts. Every pattern here has bounded gaps only. */
export function spansOf(
  folded: FoldedText,
  pattern: RegExp,
  keep: (match: RegExpExecArray, text: string) => boolean = () => true,
): SignalSpan[] {
  const spans: SignalSpan[] = [];
  let tried = 0;
  // Not matchAll: it copies the pattern at every call, which costs more than matching.
  pattern.lastIndex = 0;
  for (let match = pattern.exec(folded.text); match !== null; match = pattern.exec(folded.text)) {
    if (match[0] === '') pattern.lastIndex++;
    const end = pattern.lastIndex;
    if (keep(match, folded.text)) spans.push({ folded, start: match.index, end: match.index + match[0].length });
    if (spans.length === MAX_MATCHES || ++tried === MAX_TRIED) break;
    pattern.lastIndex = end;
  }
  return spans;
}

const LOOK_BACK = 90;
/** Where one statement ends and another begins. */
const CLAUSE_END =
  /[.!?;:\n]|,\s+(?:the|you|it|this|please|always)\b|,\s+and\s+(?:then\s+)?(?:copy|read|send|pass|put|include|forward|upload|post|add|call|run|execute|open)\b|\b(?:but|then|instead|however|and then|otherwise)\b/gi;

/** The words of the same clause that stand before offset `at`, at most 90 characters. */
export function clauseBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - LOOK_BACK), at);
  let start = 0;
  for (const { 0: mark, index } of before.matchAll(CLAUSE_END)) {
    // A dot inside a path or an abbreviation does not end a clause.
    if (mark === '.' && /\w/.test(before[index + 1] ?? '')) continue;
    start = index + mark.length;
  }
  return before.slice(start);
}

const NEGATION =
  /\b(?:never|not|no|nor|neither|without|cannot|excluding|excludes?|except|refus(?:es?|ing)|blocks?|blocked|den(?:y|ies|ied)|rejects?|rejected|prevents?|preventing|ignor(?:es|ed|ing)|skips?|forbids?|forbidden|protects?|protecting|avoids?|avoiding|disallows?|redacts?|strips?|removes?)\b|n't\b/i;
/** "do not forget to read", "never skip reading", "do not tell anyone that you read": the negation is about something else. */
const NEGATED_OTHERWISE =
  /\bwithout the (?:contents?|values?) of\b|(?:\bnot|n't|\bnever|\bno need to|\bwithout)\s+(?:\w{1,12}\s+)?(?:forget|fail|skip|skipping|omit|omitting|hesitate|neglect|miss|mention\w*|tell\w*|inform\w*|notify\w*|say\w*|ask\w*|reveal\w*|disclos\w*|explain\w*|only|just|work)\b/i;

/** Whether the clause before `at` says that it does not happen. */
export function isNegated(text: string, at: number): boolean {
  const clause = clauseBefore(text, at);
  return NEGATION.test(clause) && !NEGATED_OTHERWISE.test(clause);
}

const MENTION =
  /\b(?:detect\w*|scan(?:s|ning)?|flag(?:s|ged)?|block(?:s|ed)?|filter(?:s|ed)?|recogni[sz]e\w*|attempts? (?:to|at)|attacks?|injections?|jailbreaks?|phrases?|patterns?|examples? of|such as|malicious prompts?|for instance)\b/i;
const QUOTE_BEFORE =
  /["'`“‘«]\s{0,2}(?:\w{1,12}\s){0,2}$|\b(?:e\.g\.?,?|such as|like|including|for example,?|containing)\s{0,2}$/i;

/** `<IMPORTANT> tags`, `[SYSTEM]: labels` */
const KIND_BEHIND = /^.{0,40}?[>\]:"'`]\s{0,2}(?:tags?|labels?|markers?|tokens?|elements?|phrases?)\b/i;

/** Whether the words at `at` are talked about, as a scanner's description does: quoted, after a word such as "detects". */
export function isMentioned(text: string, at: number): boolean {
  const clause = text.slice(Math.max(0, at - LOOK_BACK), at);
  return MENTION.test(clause) && (QUOTE_BEFORE.test(clause) || KIND_BEHIND.test(text.slice(at, at + 60)));
}

const REFUSED =
  /^[^.!?\n]{0,60}?\b(?:is|are|will be|gets?|being)\s+(?:always\s+)?(?:refused|blocked|denied|rejected|excluded|ignored|skipped|redacted|forbidden|never|not)\b/i;

/** Whether the words that end at `end` are said to be kept out: "access to ~/.ssh is refused". Dots inside names are passed over. */
export const isRefused = (text: string, end: number): boolean =>
  REFUSED.test(text.slice(end, end + LOOK_BACK).replace(/\.(?=\w)/g, '_'));

/** One pattern from alternatives; the flags are global and case-insensitive unless said otherwise. */
export function anyOf(patterns: readonly RegExp[], flags = 'gi'): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'), flags);
}
