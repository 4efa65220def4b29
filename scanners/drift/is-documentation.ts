import type { SignalHit, SubjectFacts } from '../signals/types.ts';

/** "You must check the total", "automatically fetch all pages": orders to take in are what documentation is made of. */
const TAKES_IN = /\b(?:fetch|read|check|open|load|access|visit|retrieve|download)$/i;
/** A purpose is a pretext only for something that the model is told to do. */
const DEED =
  /\b(?:call|invoke|send|run|execute|forward|include|append|pass|submit|post|upload|copy|attach|provide|embed|log)\b/i;
/** UTF-16 units behind an order in which the name of the tool that it is about stands. */
const LOOK_AHEAD = 60;

/** Log-odds below which added words read like any documentation, whatever phrase is in them. */
const CALM = -1.5;
/** Signs of which manuals are full. */
const MANNERS_OF_MANUALS: ReadonlySet<string> = new Set(['obligation', 'pretext', 'smuggle', 'shell']);

/**
 * Whether a weak signal, with nothing else beside it, is how honest updates are written: an order to read something or to
 * call another tool of the same server first, a purpose without a deed, a phrase in words that otherwise read like a manual.
 * `logOdds` are those of the added words that read most like an order; absent where they were not judged.
 */
export function isDocumentation(
  { signal, text, folded, start, end }: SignalHit,
  { siblings }: SubjectFacts,
  logOdds: number | undefined,
): boolean {
  if (logOdds !== undefined && logOdds < CALM && MANNERS_OF_MANUALS.has(signal.group)) return true;
  if (signal.group === 'obligation') {
    if (TAKES_IN.test(folded.text.slice(start, end))) return true;
    const named = folded.text.slice(start, end + LOOK_AHEAD).match(/[\w.-]{3,128}/g) ?? [];
    return named.some((name) => siblings.has(name) && /[_.-]|[a-z][A-Z]/.test(name));
  }
  if (signal.group !== 'pretext') return false;
  const at = text.sentences.find((sentence) => sentence.start <= start && start < sentence.end);
  return at !== undefined && !DEED.test(folded.text.slice(at.start, at.end));
}
