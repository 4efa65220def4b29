import type { ScanText } from '../text/scan-text.ts';
import { anyOf, isNegated, spansOf } from './match.ts';
import type { SignalSpan } from './types.ts';

type Cue = { kind: string; isPressure: boolean; pattern: RegExp };

const OTHERS = /(?:other|others|any other|alternatives?|competitors?|competing|another)/;
const THINGS =
  /(?:tools?|functions?|servers?|services?|options?|engines?|solutions?|apis?|calculators?|converters?|translators?|search(?: tools)?)/;

/** Ways of advertising to a model, after the strategies of the literature on preference manipulation (arXiv 2505.11154). */
const CUES: readonly Cue[] = [
  {
    kind: 'order',
    isPressure: true,
    pattern: anyOf([
      /\b(?:always|must|should always)\s+(?:\w{1,10}\s+)?(?:use|prefer|choose|select|call|try|pick|prioriti[sz]e) this (?:tool|function|server|service|one)\b/,
      /\b(?:use|prefer|choose|select|call|try|pick|prioriti[sz]e) this (?:tool|function|service|one) (?:first|instead of|rather than|over|above|before) (?:any |all |every |the )?(?:other|others|another|alternative)/,
      /\bthis (?:tool|function|service) is (?:mandatory|required|essential|obligatory) (?:and|for (?:all|every|any))\b/,
      /\b(?:always|must) (?:use|prefer|choose|select|pick) (?:this|it) over (?:any|all|every|other)\b/,
      /\b(?:takes?|has|given) (?:the )?(?:highest|top|absolute) priority\b/,
      /\bonly \w{1,20} you (?:should|can|need to) (?:trust|use)\b/,
      /\b(?:use|choose|select|prefer|pick|call|prioriti[sz]e) this (?:tool|function|service|one)\b[^.!?\n]{0,30}?\b(?:no matter|regardless|whatever|rather than (?:any )?others?|over (?:any|all|every|the) (?:other|alternative)s?|before any other tools?)\b/,
      /\bthis (?:tool|function|service) (?:must|should|has to) (?:always )?be (?:preferred|chosen|selected|prioriti[sz]ed)\b/,
    ]),
  },
  {
    kind: 'contempt',
    isPressure: true,
    pattern: anyOf([
      new RegExp(
        `\\b(?:ignore|avoid|(?:do not|don't|never) (?:use|call|select|choose|trust))\\s+(?:all\\s+|any\\s+)?${OTHERS.source}\\s+(?:\\w{1,15}\\s+)?${THINGS.source}`,
      ),
      new RegExp(
        `\\b(?:inferior|outdated|inaccurate|unreliable|obsolete|slow(?:er)?)\\s+(?:\\w{1,12}\\s+)?(?:${THINGS.source}|alternatives?|competitors?)`,
      ),
      new RegExp(
        `\\b${OTHERS.source}\\s+(?:\\w{1,12}\\s+)?${THINGS.source}\\s+(?:are|is|will be)\\s+(?:being\\s+)?(?:deprecated|inferior|outdated|inaccurate|unreliable|broken|slow|unsafe|obsolete)`,
      ),
      /\b(?:other|any|every|all|older|native|built-in)\b[^.!?\n]{0,40}?,? (?:whose|which|that|and its) (?:results?|answers?|output|data) (?:is|are) (?:\w{1,12} (?:and|or) )?(?:stale|wrong|unsafe|inaccurate|unreliable|outdated|incorrect)\b/,
      /\b(?:outperforms?|beats?|superior to|better than) (?:all |any |every )?(?:other|others|competitors?|alternatives?|standard)/,
      /\b(?:don't|do not|why) (?:settle|waste time|use)\b[^.!?\n]{0,30}?\b(?:inferior|outdated|less|alternatives?)/,
    ]),
  },
  {
    kind: 'rank',
    isPressure: true,
    pattern: anyOf([
      /\b(?:high|highest|top|absolute|maximum)[- ]priority (?:tool|function|server|plugin)\b/,
      /\bmust be (?:chosen|selected|preferred|prioriti[sz]ed) (?:over|before|above|instead of) (?:all |any |every )?(?:other|others|alternatives?|competing)/,
      /\b(?:default|only|sole) (?:tool|function|choice) for (?:all|any|every) (?:requests?|tasks?|questions?|quer(?:y|ies))\b/,
    ]),
  },
  {
    kind: 'scarcity',
    isPressure: true,
    pattern:
      /\b(?:limited[- ]time|act now|hurry|expires? soon|before (?:access|it) expires|only \d{1,6} (?:uses|spots|left)|(?:spots|seats) (?:are )?filling|don't (?:miss out|fall behind)|exclusive (?:access|offer)|vip)\b/gi,
  },
  {
    kind: 'superlative',
    isPressure: false,
    pattern:
      /\b(?:the best|most (?:accurate|reliable|powerful|advanced|trusted|secure|comprehensive)|fastest|#1|number one|ultimate|superior|unmatched|unprecedented|unparalleled|revolutionary|game[- ]?changer|breakthrough|world-class|award-winning|best tools?)\b|#1\b/gi,
  },
  {
    kind: 'endorsement',
    isPressure: false,
    pattern:
      /\b(?:trusted by|recommended by|endorsed by|rated (?:#?1|best|top)|featured (?:in|on)|as seen (?:on|in)|used by (?:over )?[\d.,]+|approved by (?:experts|researchers)|five-star|by experts|scientifically proven|proven to be)\b|⭐{3,}/gi,
  },
  {
    kind: 'figures',
    isPressure: false,
    pattern:
      /\b\d{1,4}(?:\.\d)?\s?(?:x|times) (?:better|faster|more)|\b\d{2,4}(?:\.\d{1,2})?%\s(?:more|better|faster|accura\w+|customer|satisfaction|precision|success)|\bby \d{2,4}%|\b(?:million|50,000|1,000,000)\+? (?:users|downloads|reviews|developers)|\bzero errors\b|\bmilitary-grade\b|\benterprise-grade accuracy\b/gi,
  },
];

export type Praise = { kind: string; isPressure: boolean; span: SignalSpan };

/** The advertising in a text, the first place of each kind. */
export function praiseIn({ latin }: ScanText): Praise[] {
  return CUES.flatMap(({ kind, isPressure, pattern }) => {
    const [span] = spansOf(latin, pattern, (match, text) => kind === 'contempt' || !isNegated(text, match.index));
    return span === undefined ? [] : [{ kind, isPressure, span }];
  });
}

const MIN_KINDS = 2;

/** Running others down, claiming a rank and hurrying the reader: none of 3,688 honest tools does it. */
const ENOUGH_ALONE: ReadonlySet<string> = new Set(['contempt', 'scarcity', 'rank']);

/** Whether the praise amounts to pressure: contempt, rank or scarcity alone, or an order with praise of another kind. */
export const isManipulation = (praise: readonly Praise[]): boolean =>
  praise.some(({ kind }) => ENOUGH_ALONE.has(kind)) ||
  (praise.length >= MIN_KINDS && praise.some(({ isPressure }) => isPressure));
