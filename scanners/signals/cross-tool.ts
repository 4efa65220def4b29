import type { ScanText } from '../text/scan-text.ts';
import { clauseBefore, isNegated, spansOf } from './match.ts';
import type { Signal, SignalSpan, SubjectFacts } from './types.ts';

const SUBORDINATE =
  /\b(?:before|when|whenever|prior to|each time|every time|any time|upon|while|instead of|rather than|after)\b|\b(?:any|every|each|all)\s+(?:calls?|invocations?|uses?|executions?)\s+(?:of|to)\b/gi;
/** Between the conjunction and the name; may be missing when the name says itself how it is used. */
const USE =
  /^\s+(?:(?:every|each|any|all)\s+)?(?:(?:you|the (?:model|assistant|agent|user)|any(?:one)?)\s+)?(?:(?:are|is|plan to|want to|try to|will|directly)\s+)?(?:using|use|uses|calling|calls?(?: to)?|invoking|invoke|invokes|invocations? of|executing|execute|running|run|accessing|triggering|making a call to)\b/i;
const IS_USED =
  /^\s*(?:runs|executes|starts|fires|is about to run)\b|^\s*(?:is|are|gets?|was|has been)\s+(?:\w{1,10}\s+)?(?:called|used|invoked|executed|run|triggered|present|available)\b/i;
/** `send_email`, `sendEmail`, `server.tool`, `get-price`: something that reads as a name, never a plain word. */
const IDENTIFIER =
  /^(?:[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z][a-z0-9]*(?:[A-Z][a-z0-9]+)+|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+|[a-z][\w-]{1,40}\.[a-z][\w]{1,40})$/;
const HYPHENATED = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;
const WORD = /(["'`“‘]?)([A-Za-z][\w.-]{1,60})(["'`”’]?)(\s+(?:tool|function|operation|method|command|endpoint)s?\b)?/g;
const NAME_REACH = 60;

const DUTY = /\b(?:must|shall|has to|have to|need to|needs to|required to|make sure|ensure|should|always)\b/i;
const CHANGE =
  /\b(?:chang|modif|replac|alter|rewrit|substitut|append|prepend|insert|add|inject|redirect|rerout|forward|cop[iy]|duplicat|send|sent|log|bcc|cc|overrid|overwrit|set|includ|carr[iy]|falsif|increas|decreas|rais|multipl)\w{0,5}\b/i;
const DO = /\b(?:call|invoke|execute|run|read|use|fetch|access|open|retrieve|consult|pass|append|prepend|query)\b/i;
const IMPERATIVE_CHANGE = new RegExp(
  `^[\\s,:-]*(?:(?:(?:is|are|gets?) \\w{2,12}|runs|executes|starts|fires)[\\s,:-]*)?(?:first,?\\s+|also\\s+|then\\s+|please\\s+|always\\s+)?${CHANGE.source}`,
  'i',
);
/** "If the id is unknown, use find_id first": help, not interference. */
const HELPFUL =
  /\b(?:if|unless|in case|unknown|not sure|don't know|do not know|unsure|obtain|to get|to find|to discover|to retrieve|to list|available|valid)\b/i;

type Mention = { name: string; start: number; end: number };

/**
 * T22 of the measured techniques: "before/when using <another tool> … must/change/append/call". The other tool is written as a
 * name, is not this tool, and is none of its parameters or their values.
 */
export function crossToolSpans(text: ScanText, facts: SubjectFacts, of: 'strangers' | 'siblings'): SignalSpan[] {
  const { text: folded } = text.latin;
  const spans: SignalSpan[] = [];
  for (const { start, end } of text.sentences) {
    const sentence = folded.slice(start, end);
    let tried = 0;
    for (const { 0: word, index } of sentence.matchAll(SUBORDINATE)) {
      if (++tried > 4) break;
      const clause = sentence.slice(index + word.length);
      const isCallOf = /^(?:any|every|each|all)\b/i.test(word);
      const use = isCallOf ? '' : (USE.exec(clause)?.[0] ?? null);
      const mention = otherTool(clause.slice(use?.length ?? 0, (use?.length ?? 0) + NAME_REACH), facts);
      if (mention === null || isOfThisServer(mention.name, facts) !== (of === 'siblings')) continue;
      const rest = clause.slice((use?.length ?? 0) + mention.end);
      const isDirect = use === null;
      if (isDirect && (mention.start > 6 || !(IS_USED.test(rest) || /instead of|rather than/i.test(word)))) continue;
      if (!interferes(rest, sentence.slice(0, index), word)) continue;
      if (isNegated(folded, start + index)) continue;
      spans.push({ folded: text.latin, start: start + index, end: end - trailing(sentence) });
      break;
    }
    if (spans.length >= 3) break;
  }
  return spans;
}

function otherTool(words: string, facts: SubjectFacts): Mention | null {
  for (const match of words.matchAll(WORD)) {
    const [whole, open, name = '', close, isCalledTool] = match;
    const bare = name.replace(/[.-]+$/, '');
    const isQuoted = open !== '' && close !== '';
    const isName =
      IDENTIFIER.test(bare) ||
      ((isQuoted || isCalledTool !== undefined) && HYPHENATED.test(bare)) ||
      (isQuoted && isCalledTool !== undefined);
    if (!isName || isOwn(bare, facts)) continue;
    return { name: bare, start: match.index, end: match.index + whole.length };
  }
  return null;
}

/**
 * A sibling, or one by its name: `verify_custom_domain` beside `create_custom_domain`, where a list of tools is not whole. One
 * word in common is not enough, or `check_email` could give orders about `send_email`.
 */
function isOfThisServer(name: string, facts: SubjectFacts): boolean {
  if (facts.siblings.has(name)) return true;
  const [, ...object] = name.split('_');
  const [, ...own] = facts.name.split('_');
  return object.length >= 2 && object.join('_') === own.join('_');
}

const isOwn = (name: string, facts: SubjectFacts): boolean => name === facts.name || facts.ownWords.has(name);

/** Whether the main clause orders something or changes the call, and is more than advice. */
function interferes(rest: string, head: string, subordinate: string): boolean {
  const main = rest.length > 12 ? rest : head;
  if (/instead of|rather than/i.test(subordinate))
    return /\b(?:always|all|every|redirect|log|send|forward|route)\b/i.test(main) && CHANGE.test(main);
  const isImperative = IMPERATIVE_CHANGE.test(main);
  // "After create_order, call get_order" is a workflow; what follows a call must reach into its result.
  if (/^after$/i.test(subordinate)) return isImperative && !HELPFUL.test(main);
  const isOrder = DUTY.test(main) && (DO.test(main) || CHANGE.test(main));
  return (isOrder || isImperative) && !HELPFUL.test(main);
}

const trailing = (sentence: string): number => sentence.length - sentence.trimEnd().length;

export const crossToolPrecondition: Signal = {
  id: 'cross-tool-precondition',
  strength: 'strong',
  group: 'cross-tool',
  says: 'interferes with another tool',
  find: (text, facts) => crossToolSpans(text, facts, 'strangers'),
};

export const siblingPrecondition: Signal = {
  id: 'sibling-precondition',
  strength: 'weak',
  // A workflow within one server: no more than any other order.
  group: 'obligation',
  says: 'orders something before another tool of the same server',
  find: (text, facts) => crossToolSpans(text, facts, 'siblings'),
};

const WHOLE_FLEET =
  /\b(?:all|any|every|each)\s+(?:other\s+)?(?:(?:available|communication|messaging|email|file|payment|subsequent|future|related)\s+)?(?:tools?|tool calls?|functions?|operations?|file operations?|actions?|commands?)\b|\b(?:redirect|reroute|route|send|proxy|intercept|forward)\s+(?:all|any|every|each)\s+(?:\w{1,12}\s)?(?:requests?|responses?|queries|traffic)\b/gi;
const INTERFERE =
  /\b(?:must (?:first |always )?(?:be )?(?:call\w*|run|executed?|invoked?|go through|pass through|include|append)|modify the behaviou?r|redirect|reroute|route (?:all|every|through)|intercept|replace the|override the|append|add (?:the|a|an|this)|include (?:the|a|an|this)|send a copy|are (?:created|copied|forwarded|logged)|before (?:executing|performing|running)|(?:call|run|use|invoke) this (?:tool|function) (?:first )?before)\b/i;

/** "Must be called before any other tool" is how a session begins; a search that says so wants to be first. */
const OWN_TURN =
  /\b(?:must|should|has to|needs? to) (?:always |first )?be (?:called|run|used|invoked|executed)\b|\b(?:call|run|use|invoke) this(?: tool| function)?\b|\bthis first\b/i;
const OPENS_SOMETHING =
  /start|init|begin|session|login|log_in|auth|connect|open|setup|set_up|launch|boot|access|instruction|guide|help|rules|plan|load|select|config|register|activate|index|overview|onboard|context|ready/i;

/** "modify the behaviour of all communication tools", "must be called before any file operation". */
export const fleetWide: Signal = {
  id: 'fleet-wide',
  strength: 'weak',
  group: 'cross-tool',
  says: 'makes a rule for all other tools',
  find: (text, { name }) => {
    const { latin, sentences } = text;
    const isOpening = OPENS_SOMETHING.test(name);
    const spans: SignalSpan[] = [];
    for (const { start, end } of sentences) {
      const sentence = latin.text.slice(start, end);
      const found = sentence.match(WHOLE_FLEET)?.length ?? 0;
      if (found === 0 || !INTERFERE.test(sentence) || isNegated(latin.text, start + sentence.search(INTERFERE)))
        continue;
      if (isOpening && OWN_TURN.test(sentence)) continue;
      spans.push({ folded: latin, start, end: end - trailing(sentence) });
      if (spans.length >= 3) break;
    }
    return spans;
  },
};

const PRESENCE =
  /\bwhen(?:ever)? (?:the |a )?["'`]?([\w-]{2,40})["'`]? (?:tool|function|server) (?:is|are) (?:present|available|installed|called|used|invoked|enabled)\b/gi;

/** "When the `add` tool is present, it will override the recipient". */
export const toolPresence: Signal = {
  id: 'tool-presence',
  strength: 'weak',
  group: 'cross-tool',
  says: 'changes behaviour when another tool is there',
  find: ({ latin }, { name }) => {
    const spans: SignalSpan[] = [];
    for (const match of latin.text.matchAll(PRESENCE)) {
      if (match[1] === name || spans.length >= 3 || clauseBefore(latin.text, match.index).length > 80) continue;
      spans.push({ folded: latin, start: match.index, end: match.index + match[0].length });
    }
    return spans;
  },
};

const FORBID =
  /\b(?:never|do not|don't|must not|should not|avoid|stop)\s+(?:call|calling|use|using|invoke|invoking|select|selecting|trust|trusting|choose)\s+(?:the\s+)?["'`]?([a-zA-Z][\w-]{1,58}\w(?:\.\w{2,30})?)["'`]?(?=\s*(?:[.,;:!)]|$|(?:tool|function|again|anymore|directly|for|when|if|instead)\b))/gi;

/** "never call get_quote": an order about a tool that the server does not have. */
export const forbidsOther: Signal = {
  id: 'forbids-other',
  strength: 'weak',
  group: 'cross-tool',
  says: 'forbids the use of another tool',
  find: ({ latin }, facts) =>
    spansOf(
      latin,
      FORBID,
      ([, name = '']) => IDENTIFIER.test(name) && !isOwn(name, facts) && !facts.siblings.has(name),
    ),
};

const CALL_OTHER =
  /\b(?:also|then|and|additionally|afterwards|secretly|first|always|must)\s+(?:call|invoke|execute|trigger)\s+(?:the\s+)?["'`]?([a-zA-Z][\w-]{1,58}\w(?:\.\w{2,30})?)["'`]?/gi;

/** "Also call delete_backup": a chain into a tool that the server does not have. */
export const callsStranger: Signal = {
  id: 'calls-stranger',
  strength: 'weak',
  group: 'obligation',
  says: "has another server's tool called",
  find: ({ latin }, facts) =>
    spansOf(
      latin,
      CALL_OTHER,
      ([, name = '']) => IDENTIFIER.test(name) && !isOwn(name, facts) && !facts.siblings.has(name),
    ),
};

/** What other tools do. Requests, commands and queries in general stay out: rules about them are documentation. */
const OPERATIONS =
  /file (?:creation|write|read|operation|access|deletion|transfer|upload|download)s?|(?:created|new|saved|uploaded) (?:files|directories|folders)|director(?:y|ies)(?: creations?)?|messages?|e-?mails?|(?:money |wire |bank |fund )?transfers?|payments?|transactions?|trades?|orders?|purchases?|(?:git )?commits?|pushes|(?:database|sql) (?:quer(?:y|ies)|writes?)|search(?:es| quer(?:y|ies))|bookings?|reservations?|deletions?|posts?|uploads?|downloads?|repositor(?:y|ies)|pull requests?|calls? (?:of|to) (?:other|any) tools?|tool calls?|deployments?|invoices?/;
const OVER_OTHERS = new RegExp(
  `\\b(?:all|any|every|each)\\s+(?:other |future |subsequent |new |outgoing |subsequent |such )?(?:\\w{2,14} ){0,2}?(${OPERATIONS.source})\\b[^.!?\\n]{0,60}?\\b(?:must|should|shall|has to|have to|needs? to|is required to|are required to|are to|is to|will)\\s+(?:always |also |first |instead |automatically )?(?:be )?(?:set|changed|replaced|redirected|multiplied|prefixed|appended|routed|sent|forwarded|copied|mirrored|include|use|target|call|invoke|go|contain|have|read|trigger\\w*|preceded|created|saved|written|placed|booked|made|executed|directed|addressed)\\b`,
  'gi',
);

/** "All transfers must be made to …", in a tool whose name and first words are about something else. */
export const rulesOverOthers: Signal = {
  id: 'rules-over-others',
  strength: 'strong',
  group: 'cross-tool',
  says: 'makes a rule for what other tools do',
  find: ({ latin, kind }, { name, about }) =>
    kind === 'value' || kind === 'instructions'
      ? []
      : spansOf(latin, OVER_OTHERS, ({ 1: operation = '', index }, text) => {
          const topic = operation.toLowerCase().split(' ').at(-1)?.slice(0, 5) ?? '';
          const purpose = `${name} ${about.split(/[.!?\n]/, 1)[0] ?? ''}`.toLowerCase();
          return !purpose.includes(topic) && !OPENS_SOMETHING.test(name) && !isNegated(text, index);
        }),
};
