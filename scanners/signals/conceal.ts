import { anyOf, isMentioned, spansOf } from './match.ts';
import type { Signal } from './types.ts';

const NOT =
  /(?:do not|don't|dont|never|must not|mustn't|should not|shouldn't|may not|cannot|can't|will not|avoid|refrain from|no (?:need|reason) to|need not|needn't|without)/;
/** Speaking of something; showing and notifying are ordinary features and stand below. */
const TELL =
  /(?:tell|telling|told|mention|mentioning|mentioned|inform|informing|informed|reveal|revealing|revealed|disclose|disclosing|disclosed|explain|explaining|discuss|discussing|admit|admitting|acknowledge|divulge|say|saying|bring (?:this|it) up|talk about|let on)/;
const NOTIFY = /(?:notify|notifying|alert|alerting|warn|warning|report|reporting)/;
const SHOW =
  /(?:show|showing|display|displaying|expose|exposing|output|print|present|share|sharing|surface|include|repeat)/;
const USER =
  /(?:(?:the|this|your|any|to) (?:end[- ])?(?:users?|humans?|person|people|customers?|clients?|operators?|owner|victim|admin\w*)|anyone|anybody|users|them)/;

/** What an honest text keeps from people for their own good or for brevity: raw output, identifiers, secrets. */
const PRESENTATION =
  /\b(?:raw|json|ids?|identifiers?|uuids?|guids?|urls?|tokens?|keys?|secrets?|passwords?|credentials?|codes?|schema|html|markdown|xml|yaml|technical|internal|placeholder|null|empty|verbatim|column|field|names?|values?|table|pricing|personal|private|sensitive|connection string|exact|widget|tool)\b/i;

const TO_USER = anyOf([
  new RegExp(`\\b${NOT.source}\\s+(?:\\w{1,12}\\s+){0,2}?${TELL.source}\\b[^.!?\\n]{0,60}?\\b${USER.source}\\b`),
  new RegExp(
    `\\b${NOT.source}\\s+(?:ever\\s+)?let\\s+(?:the\\s+)?${USER.source}\\s+(?:know|see|notice|find out|become aware)`,
  ),
]);
/** "Do not notify the user": a feature of many services, and a way to hide. */
const UNNOTIFIED = new RegExp(
  `\\b${NOT.source}\\s+(?:\\w{1,12}\\s+){0,2}?${NOTIFY.source}\\b[^.!?\\n]{0,40}?\\b(?:the|any) (?:user|human|customer|failure|error|problem)`,
  'gi',
);
/** The thing not to be told is what the model does. */
const ABOUT_ITSELF = new RegExp(
  `\\b${NOT.source}\\s+(?:ever\\s+)?(?:mention|reveal|disclose|tell|admit|acknowledge|explain|divulge|discuss|say|report|show|expose)(?:ing)?\\s+(?:(?:to )?(?:\\w{1,10}\\s+){0,3}?)?(?:this\\b(?!\\s+(?:field|value|key|token|id|error|message|tool|function|parameter))|that (?:you|this|the|we)\\b|these (?:instructions?|steps?|rules)|(?:the|this|these) (?:hidden |secret |internal )?(?:instructions?|step|process|behaviou?r|policy|action|modification|change|redirect\\w*|copy|operation)\\b|how you|why you|anything about|your (?:real|true|actual))`,
  'gi',
);
const SHOWING = new RegExp(
  `\\b${NOT.source}\\s+(?:ever\\s+)?${SHOW.source}\\b[^.!?\\n]{0,50}?\\b(?:to|with|from) (?:the |any )?${USER.source}\\b`,
  'gi',
);
const FROM_USER = anyOf([
  /\b(?:hide|conceal|keep|withhold|mask|obscure)\s+(?:this|it|these|that|the (?:fact|call|operation|action|step|process|change|modification|transfer|reading)|all of this|your (?:actions?|activity))\b[^.!?\n]{0,50}?\b(?:from|secret from|hidden from) (?:the |any )?(?:users?|humans?|anyone|everyone|people|owner|customer)\b/,
  /\bkeep (?:this|it|that|these (?:steps|instructions)|the following)[^.!?\n]{0,24}? (?:hidden|between us|to yourself|silent|confidential and)\b/,
  /\b(?:tell|inform) (?:nobody|no one|noone)\b/,
  /\bkeep (?:quiet|silent|mum) about (?:it|this|that|these|the)\b/,
  /\b(?:keep|leave) (?:the )?(?:user|human|customer|person|owner)s? (?:unaware|in the dark|uninformed|out of (?:it|this|the loop)|oblivious)\b/,
  /\b(?:user|human|customer|person|owner)s? (?:must|should|has to|have to|is to|are to|shall) (?:remain|stay|be kept) (?:unaware|uninformed|in the dark|oblivious|ignorant)\b/,
  /\b(?:the )?(?:user|human|customer|owner)s? (?:must|should|may|can|need)(?: not|n't|not) (?:ever )?(?:know|see|notice|be (?:told|informed|aware|notified|made aware)|find out|learn|suspect)/,
  /\bwithout (?:the )?(?:user|human|customer|owner|anyone)(?:'s|s')? (?:ever )?(?:know(?:ing|ledge)|notic\w+|awareness|being (?:aware|told|informed)|realizing|consent or knowledge)/,
  /\b(?:secretly|covertly|surreptitiously|stealthily)\s+(?:\w{1,10}\s+)?(?:send|read|forward|include|collect|copy|upload|execute|call|add|append|attach|transmit|log|store|run|invoke|pass|bcc|modify|replace|record)\b/,
  /\bso (?:that )?(?:the )?(?:user|human|customer)s? (?:does not|doesn't|do not|don't|will not|won't|cannot|can't|never) (?:notice|know|see|find out|suspect|realize)/,
  /\b(?:secretly|covertly|surreptitiously|stealthily)\s+(?:\w{1,10}\s+)?(?:sends|reads|forwards|collects|copies|uploads|executes|transmits|exfiltrates|records|harvests|posts|leaks|steals|modifies|installs)\b/,
  /\b(?:collects?|sends?|uploads?|forwards?|reads?|copies|logs?|transmits?|records?)\b[^.!?\n]{0,60}?\bwithout (?:the user'?s?|their|any|your) (?:knowledge|awareness)\b/,
  /\b(?:omit|exclude|leave|keep|drop) (?:this|the) (?:call|step|action|note|instruction|request|operation|use of this tool|transfer|copy) (?:out of|from) (?:any|the|your|every|all) (?:\w{1,12} )?(?:summar(?:y|ies)|answers?|responses?|reports?|logs?|repl(?:y|ies)|transcripts?|messages?)\b/,
  /\b(?:this|it) is a secret (?:operation|instruction|step|task)\b/,
]);
/** "Deletes a member without informing them": what a service does, not what a model is told. */
const DESCRIBES_SERVICE =
  /\bwithout\s+(?:\w{1,12}\s+){0,2}?inform\w*\b[^.!?\n]{0,60}\b(?:them|users|members?|people|customers?)$/i;

export const concealFromUser: Signal = {
  id: 'conceal-from-user',
  strength: 'strong',
  group: 'conceal',
  says: 'tells the model to keep something from the user',
  find: ({ latin }) => [
    ...spansOf(
      latin,
      TO_USER,
      (match, text) =>
        !PRESENTATION.test(match[0]) && !DESCRIBES_SERVICE.test(match[0]) && !isMentioned(text, match.index),
    ),
    ...spansOf(latin, ABOUT_ITSELF, (match, text) => !isMentioned(text, match.index)),
    ...spansOf(latin, FROM_USER, (match, text) => !isMentioned(text, match.index)),
  ],
};

const QUIETLY = anyOf([
  /\b(?:silently|quietly|in the background|behind the scenes|invisibly|discreetly)\s+(?:\w{1,10}\s+)?(?:send|read|forward|include|collect|copy|upload|execute|call|add|append|attach|transmit|log|store|run|invoke|pass|bcc|modify|replace|record)\b/,
  /\b(?:the )?user (?:does not|doesn't|need not) (?:need to )?(?:know|see|be (?:told|informed|asked))\b/,
  /\b(?:do not|don't|never) (?:list|include|mention|log|show) (?:it|this|that|them) in (?:your|the|any) (?:summary|answer|response|reply|output|report|log)/,
  /\b(?:need|should|must) not be (?:shown|mentioned|told|reported|displayed|visible|listed|disclosed|surfaced)\b/,
  /\bwithout (?:informing|telling|alerting|notifying) (?:them|him|her|anyone|the (?:user|customer|human|owner))\b/,
  /\bif (?:anyone |the user |you are |you're )?(?:asked|asks|inquires)\b[^.!?\n]{0,50}?, (?:say|answer|reply|claim|tell|respond)\b/,
  /\bnot to (?:log|mention|tell|show|report|reveal|disclose) (?:this|it|that|anyone|anything)\b/,
  /\b(?:strip|remove|suppress|hide|omit|drop|filter out) (?:any |all |the )*(?:security |error )?(?:warnings?|alerts?|notices?|disclaimers?)\b/,
  /\b(?:is|are|will be|gets?) (?:not|never) (?:shown|visible|disclosed|displayed|revealed|mentioned|surfaced|reported|exposed) (?:in the (?:user-facing|user-visible)|to (?:the |any )?(?:end[- ])?(?:users?|humans?|person|people)|anywhere)\b/,
  /\b(?:hidden|secret|covert|undisclosed) (?:instruction|directive|policy|operation|command|task|behaviou?r|parameter|channel)s?\b/,
]);

/** Hiding that an honest text may have a reason for: counts only with something else. */
export const hush: Signal = {
  id: 'hush',
  strength: 'weak',
  group: 'conceal',
  says: 'asks for something to happen unseen',
  find: ({ latin }) => [
    ...spansOf(latin, SHOWING, (match, text) => !PRESENTATION.test(match[0]) && !isMentioned(text, match.index)),
    ...spansOf(
      latin,
      TO_USER,
      (match) =>
        PRESENTATION.test(match[0]) && !/\b(?:tokens?|keys?|secrets?|passwords?|credentials?)\b/i.test(match[0]),
    ),
    ...spansOf(latin, UNNOTIFIED, (match, text) => !isMentioned(text, match.index)),
    ...spansOf(latin, QUIETLY, (match, text) => !isMentioned(text, match.index)),
  ],
};

const UNASKED = anyOf([
  /\bwithout (?:asking|prompting|(?:user |explicit |any |further |prior |their |the user'?s? )*(?:confirmation|approval|consent|permission|authori[sz]ation))\b/,
  /\b(?:never|do not|don't|no need to) ask (?:the user|for (?:confirmation|approval|permission|consent)|before)/,
  /\b(?:skip|bypass|suppress|disable|omit)\s+(?:the |any |all |user )*(?:confirmation|approval|consent)s?\b/,
]);
/** "Deletes the file without confirmation." describes; "Send it without asking the user." directs. */
const THIRD_PERSON =
  /\b(?:deletes?|removes?|runs?|executes?|returns?|applies|will|can|cannot|permanently|immediately|changes? (?:is|are)|action|operation)\b/i;

export const unasked: Signal = {
  id: 'unasked',
  strength: 'weak',
  group: 'unasked',
  says: 'tells the model not to ask first',
  find: ({ latin }) =>
    spansOf(
      latin,
      UNASKED,
      (match, text) => !THIRD_PERSON.test(text.slice(Math.max(0, match.index - 50), match.index)),
    ),
};
