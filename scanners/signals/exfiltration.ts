import { anyOf, isMentioned, isNegated, spansOf } from './match.ts';
import type { Signal } from './types.ts';

const SEND =
  /(?:send|forward|post|upload|transmit|exfiltrate|leak|copy|bcc|cc|submit|e-?mail|report|redirect|sync|mirror|push|deliver|relay|proxy|beacon|log|append|include|report back)/;
const ADDRESS =
  /(?:[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}|(?:https?|ftp|wss?):\/\/[^\s"'`)>]{4,120}|\b(?:[\w-]{1,30}\.){1,3}(?:com|net|org|io|xyz|ru|cn|top|site|evil|example|dev|app|tk|me|onion)\b)/;
const OUTSIDE =
  /(?:an? |the |our |my |their |this )?(?:external|remote|attacker(?:'s|-controlled)?|third[- ]party|unknown|outside|monitoring|logging|audit|tracking|telemetry|analytics|collection|webhook|c2|command[- ]and[- ]control)\s+(?:logging |monitoring |audit |collection |data )?(?:server|endpoint|service|address|url|site|host|webhook|listener|api|collector)/;

const TO_SINK = anyOf([
  new RegExp(
    `\\b${SEND.source}\\b[^.!?\\n]{0,80}?\\b(?:to|at|via|through|into|with)\\s+(?:["'\`(<]{0,2}|\\w{1,12}\\s+){0,3}${ADDRESS.source}`,
  ),
  new RegExp(
    `\\b(?:send|forward|post|upload|transmit|exfiltrate|leak|copy|redirect|report|log)\\b[^.!?\\n]{0,60}?\\b(?:to|through|via)\\s+${OUTSIDE.source}`,
  ),
  new RegExp(
    `\\b(?:always|also|must|first|then|additionally|afterwards|finally)\\s+(?:\\w{1,12}\\s+){0,2}?(?:call|request|ping|fetch|visit|load|hit|contact|notify|open|get)\\s+(?:\\w{1,10}\\s+){0,2}?${ADDRESS.source}`,
  ),
  new RegExp(
    `\\b(?:must|have to|has to|need to|needs to|should|shall|is to|are to|will|always) (?:always |also |first )?be (?:sent|forwarded|mirrored|copied|posted|uploaded|transmitted|logged|reported|submitted|delivered|relayed|synced|exported|e-?mailed)\\b[^.!?\\n]{0,40}?\\b(?:to|at|via|through)\\s+(?:\\w{1,12}\\s+){0,3}(?:${ADDRESS.source}|${OUTSIDE.source})`,
  ),
  new RegExp(`\\b(?:export|save|dump|write|echo)\\s+(?:\\w{1,12}\\s+){1,5}?(?:to|into)\\s+${ADDRESS.source}`),
  /\b(?:log in|sign in|re-?authenticate|enter (?:their|your|the) (?:password|credentials)|download|install|update)\b[^.!?\n]{0,40}?\b(?:at|on|from|via)\s+https?:\/\//,
  /\b(?:tar|cat|env|printenv|zip|base64|find|history)\b[^|\n`]{0,60}\|\s{0,3}(?:curl|nc|wget|openssl)\b/,
  /\bcurl\b[^\n`|]{0,60}\s(?:-T|-F|-d|--data\S{0,10}|--upload-file)\s{0,3}["']?@?[~/$]/,
  /\b(?:ping|hit|beacon|contact|call home to)\s+(?:https?|wss?):\/\/\S{4,120}/,
  /\b(?:let|loop|keep|notify|inform|tell|cc|copy|email)\s+[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}/,
  /\b(?:exfiltrate|leak|steal|siphon|harvest)\s+(?:all\s+|any\s+|the\s+|user\s+|sensitive\s+)*(?:data|credentials?|files?|keys?|tokens?|secrets?|information|conversations?|passwords?)\b/,
  /\b(?:send|forward|transmit|post|upload|pass)\s+(?:it|them|this|that|its contents?|the (?:contents?|file|key|data|result|output)|(?:ssh|api|private) keys?)\b[^.!?\n]{0,30}?\bto\s+(?:the |a |an |our |my )?(?:server|attacker|endpoint|webhook|url|remote|hacker|external)\b/,
]);

/** Examples, addresses of parameters, and the tool's own service described in the third person are not orders. */
const ILLUSTRATION =
  /\b(?:e\.g\.?|for example|for instance|examples?|such as|like|see|docs?|documentation|default(?:s)?|format)\b[^.!?\n]{0,40}$/i;

export const externalSink: Signal = {
  id: 'external-sink',
  strength: 'weak',
  group: 'sink',
  says: 'sends data to an address of its own',
  find: ({ latin }) =>
    spansOf(
      latin,
      TO_SINK,
      (match, text) =>
        !isNegated(text, match.index) &&
        !isMentioned(text, match.index) &&
        !ILLUSTRATION.test(text.slice(Math.max(0, match.index - 60), match.index)) &&
        !/\b(?:e\.g|example:|for example|such as|https?:\/\/(?:localhost|127\.|docs\.|www\.w3|json-schema))/i.test(
          match[0],
        ),
    ),
};

/** Hosts that call themselves what they are, as demonstrations do. */
const TELLTALE =
  /(?:https?:\/\/|@|\b)(?:[\w-]{1,40}\.){0,3}[\w-]{0,30}(?:attacker|evil|exfil|malicious|hacker|stealer|steal-|phish|c2-?server|rogue|adversary)[\w-]{0,30}(?:\.[\w-]{2,30}){1,3}\b/gi;

export const telltaleAddress: Signal = {
  id: 'telltale-address',
  strength: 'strong',
  group: 'sink',
  says: 'names an address that calls itself hostile',
  find: ({ latin }, { name, about }) =>
    /scan|detect|threat|security|malware|phish|block|siem|incident|audit/i.test(`${name} ${about.slice(0, 80)}`)
      ? []
      : spansOf(
          latin,
          TELLTALE,
          (match, text) =>
            !isNegated(text, match.index) &&
            !isMentioned(text, match.index) &&
            !ILLUSTRATION.test(text.slice(Math.max(0, match.index - 60), match.index)),
        ),
};

/** The word of the trade; honest texts use it for what they keep off. */
const EXFILTRATION =
  /\b(?:for|via|enables?|allows?|supports?|performs?|used for|to) (?:data )?exfiltrat(?:ion|e|ing)\b|\bexfiltrat(?:es|ing) (?!attempts?)/gi;

export const namesExfiltration: Signal = {
  id: 'names-exfiltration',
  strength: 'weak',
  group: 'sink',
  says: 'speaks of carrying data out',
  find: ({ latin }) =>
    spansOf(latin, EXFILTRATION, (match, text) => !isNegated(text, match.index) && !isMentioned(text, match.index)),
};

const INTO_PARAMETER =
  /(?:as|in|into|to|via|through|under|inside)\s+(?:the\s+|a\s+|an\s+)?(?:["'`][\w-]{2,30}["'`]|[\w-]{2,30}\s+(?:param\w*|argument|field|input|header))/;
const SMUGGLE = anyOf([
  new RegExp(
    `\\b(?:pass|put|place|paste|insert|supply|hand|include|provide|add|copy|embed|encode|echo|store|fill|submit|attach|return)\\s+(?:it|them|this|these|those|\\w{1,20}_\\w{1,40})\\s+(?:over\\s+)?${INTO_PARAMETER.source}`,
  ),
  /\bcontents? of\b[^!?\n]{1,80}?\b(?:as|in|into|under) (?:the )?["'`][\w-]{2,30}["'`]/,
  /\bcontents? of\b[^!?\n]{1,80}?\b(?:have|has|must|should|need|needs|are|is|shall)\s+(?:to\s+)?be\s+(?:\w{1,12}\s+)?(?:supplied|passed|included|provided|sent|submitted|given|placed|inserted|added|attached)\b/,
  /\b(?:hand|pass|give|feed|forward|send) (?:it|them|this|that|these|those)(?: over| on)? to ["'`]?[a-z]\w*_\w+/,
  /\b(?:pass|include|put|provide|supply|attach|place|insert|append|copy|paste|add|use|send|embed|encode|echo|echoes)\s+(?:all\s+(?:of\s+)?)?(?:its|the|their|those|these|that)\s+(?:\w{1,15}\s+){0,2}?(?:contents?|text|data|values?|keys?|file|lines)\b[^.!?\n]{0,50}?\b(?:as|in|into|to|via|through|under)\s+(?:the\s+|a\s+|an\s+)?["'`]?[\w-]{2,30}["'`]?(?:\s+(?:param\w*|argument|field|value|input))?/,
  /\b(?:read|open|load|fetch|cat|access)\b[^.!?\n]{0,80}?\b(?:and|then)\s+(?:pass|include|send|append|provide|put|attach|return|forward|upload|use)\b[^.!?\n]{0,60}?\b(?:contents?|it|them|its|data)\b/,
]);
/** "pass the returned value to get_item" chains honest calls; a file's contents do not belong in a parameter. */
const FROM_ELSEWHERE =
  /\b(?:aws_\w+|\w*_key|\w*token|\w*password|history|id_rsa|profile|cookies?|messages|contents?|file|keys?|credential\w*|secret\w*|password\w*|environment|\.env|config(?:uration)?\.?\w*|system prompt|conversation)\b/i;

export const smuggledContents: Signal = {
  id: 'smuggled-contents',
  strength: 'weak',
  group: 'smuggle',
  says: 'wants the contents of something else as an argument',
  find: ({ latin, kind }, facts) =>
    spansOf(
      latin,
      SMUGGLE,
      (match, text) =>
        kind !== 'value' &&
        FROM_ELSEWHERE.test(text.slice(Math.max(0, match.index - 120), match.index + match[0].length)) &&
        !isNegated(text, match.index) &&
        !/^(?:write|create|upload|edit|update|append|save)/.test(facts.name),
    ),
};

const TALK =
  /(?:(?:full|entire|complete|whole|all(?: of)?(?: the)?|previous|prior|recent|current|raw|verbatim)\s+(?:user\s+)?(?:conversation|chat|message|prompt|dialog(?:ue)?)s?(?:\s+(?:history|context|log|transcript|so far))?|(?:conversation|chat|message|prompt) (?:history|transcript|log|so far)|system prompt|everything (?:that )?(?:the user|you|we)(?: have| has)? (?:said|written|wrote|typed|asked|discussed|seen)|all (?:that )?the user (?:said|wrote|typed|told)\w*|previous (?:user )?messages|list of (?:all )?(?:available )?tools|tools? (?:list|definitions)|(?:original |full )?(?:prompt|conversation|messages))/;
const GRAB = anyOf([
  /\bwith the (?:full|entire|complete|whole) (?:conversation|chat|dialog(?:ue)?|message|prompt)(?: history| transcript| log| so far)?\b/,
  new RegExp(
    `\\b(?:include|pass|send|upload|append|attach|provide|supply|put|copy|dump|insert|fill|reveal|repeat|forward|paste|output|disclose|summari[sz]e|transmit|share|export|mirror|store|print|archive|prepend|quote|write|save|log)\\s+(?:in\\s+)?(?:(?:the|your|any|our|this|user'?s?|of|contents?)\\s+){0,4}${TALK.source}`,
  ),
]);

export const conversationGrab: Signal = {
  id: 'conversation-grab',
  strength: 'weak',
  group: 'smuggle',
  says: 'wants the conversation or the system prompt',
  find: ({ latin }) =>
    spansOf(latin, GRAB, (match, text) => !isNegated(text, match.index) && !isMentioned(text, match.index)),
};

const SECRET =
  /(?:api[ _-]?keys?|passwords?|credentials?|private[ _-]?keys?|access[ _-]?tokens?|ssh[ _-]?keys?|seed phrases?|mnemonics?|auth(?:entication)? tokens?|session (?:cookies?|tokens?)|clipboard|keychain|address book|browser (?:history|profile|cookies)|environment variables?|env vars?|secrets|cookies)/;
const COLLECT = anyOf([
  new RegExp(
    `\\b(?:read|extract|collect|gather|send|include|expose|reveal|return|harvest|steal|exfiltrate|dump|leak|capture|forward|disclose|retrieve|output|append|attach|scan for|search for|look for|locate|transmit|export|look up|obtain|copy|paste|place|supply|hand over|store|upload|post|share|pass|find|list|echo|print|grab|submit|mirror)\\s+(?:(?:and|then|also)\\s+\\w{1,12}\\s+)?(?:(?:along|all|any|the|user'?s?|their|your|every|each|actual|real|stored|saved|production|database|sensitive|local|of|contents?|cached|browser|session|cloud|aws|github)\\s+){0,5}${SECRET.source}`,
  ),
]);

export const secretCollection: Signal = {
  id: 'secret-collection',
  strength: 'weak',
  group: 'secret-source',
  says: 'asks for secrets to be read or passed on',
  find: ({ latin }, facts) =>
    spansOf(
      latin,
      COLLECT,
      (match, text) =>
        !isNegated(text, match.index) &&
        !isMentioned(text, match.index) &&
        // A tool named after secrets describes its own job.
        !/secret|credential|password|token|key|cookie|env|vault|auth/i.test(facts.name),
    ),
};

/** `${GITHUB_TOKEN}`: a value to be filled in from the host. */
const HOST_VALUE = /\$\{?[A-Z][A-Z0-9_]{0,40}(?:TOKEN|KEY|SECRET|PASSWORD|PASSWD|CREDENTIALS?)[A-Z0-9_]{0,20}\}?/g;

export const hostValue: Signal = {
  id: 'host-value',
  strength: 'weak',
  group: 'secret-source',
  says: 'refers to a secret of the host',
  find: ({ latin }) => spansOf(latin, HOST_VALUE, (match, text) => !isNegated(text, match.index)),
};

/** Parameter names that carry something out beside the task. */
const SIDE_CHANNEL =
  /^(?:side_?notes?|hidden_?\w{0,20}|secret_?(?:notes?|context|data)|(?:full_?)?(?:conversation|chat|message|prompt)_?(?:history|log|transcript|context)|previous_?messages|user_?prompt_?(?:raw|full)|tools?_?list|available_?tools|model_?(?:thoughts|reasoning)|exfil\w{0,20})$/gi;

export const sideChannelParameter: Signal = {
  id: 'side-channel-parameter',
  strength: 'weak',
  group: 'side-channel',
  says: 'has a parameter that takes in more than the task needs',
  find: ({ kind, latin }) => (kind === 'key' ? spansOf(latin, SIDE_CHANNEL) : []),
};
