import type { FoldedText } from '../text/fold.ts';
import type { ScanText } from '../text/scan-text.ts';

/** A span of a folded form of one text. */
export type SignalSpan = { folded: FoldedText; start: number; end: number; decoded?: string };

/** What a signal may know about the subject beside the one text. */
export type SubjectFacts = {
  /** The subject's own name. */
  name: string;
  /** Names of the subject's parameters and the values they may take. */
  ownWords: ReadonlySet<string>;
  /** What the subject says of itself: its title and its description, without those of its parts. */
  about: string;
  /** Names of the tools of the same server, the subject's own among them. */
  siblings: ReadonlySet<string>;
};

/**
 * One thing that words can give away. A strong signal is an accusation by itself; weak ones are ordinary now and then and count
 * only together, and two of one `group` count once.
 */
export type Signal = {
  id: string;
  strength: 'strong' | 'weak';
  group: string;
  /** What was seen, as the rest of the sentence "The description of x …". */
  says: string;
  find(text: ScanText, facts: SubjectFacts): SignalSpan[];
};

export type SignalHit = SignalSpan & { signal: Signal; text: ScanText };
