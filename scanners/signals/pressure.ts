import { anyOf, isNegated, spansOf } from './match.ts';
import type { Signal } from './types.ts';

const MODEL = /(?:you|the (?:ai|assistant|model|agent|llm|language model)|assistants?|models?|agents?)/;
const DUTY = /(?:must|have to|has to|are required to|is required to|need to|needs to|shall|should)/;
const ACT =
  /(?:call|run|read|invoke|execute|fetch|send|open|load|access|append|retrieve|forward|copy|check|visit|download|submit|post|upload|email|notify|emit|transmit)/;

const OBLIGATION = anyOf([
  new RegExp(
    `\\b${MODEL.source} ${DUTY.source} (?:always |first |also |immediately |then |automatically ){0,3}${ACT.source}\\b`,
  ),
  new RegExp(
    `\\b(?:always|first|immediately|must|automatically|also) (?:always |first |also |automatically ){0,2}${ACT.source}\\b(?! (?:back|this tool))`,
  ),
  /\b(?:must|has to|should|needs to|is required to) (?:always |first )?be (?:called|invoked|executed|run|used|consulted) (?:first|before|prior|immediately|every|at the (?:start|beginning))/,
  /\b(?:call|run|execute|invoke|use) this (?:tool|function) (?:first|before (?:any|every|all|each)|immediately)/,
  /\bit is (?:imperative|essential|mandatory|crucial|vital|required|necessary|critical) (?:that (?:the |you|any|every)|for (?:the )?(?:model|assistant|agent|ai) to)/,
  /\b(?:works?|functions?|operates?|succeeds?|valid|completes?) (?:only )?(?:when|if|after|once) (?:the (?:agent|model|assistant|ai)|you)(?: has| have)?(?: also)? (?:first )?(?:executed?|run|ran|called|read|sent|opened|loaded|invoked?|provided)\b/,
  /\b(?:once|one time) per (?:conversation|session|request|message)\b|\bin order to (?:authenticate|authori[sz]e|verify|unlock|activate|proceed|continue)\b|\b(?:you|the (?:agent|model|assistant)) (?:have|has) to (?:look up|gather|collect|open|find|obtain)\b/,
  /\b(?:before|prior to) (?:answering|responding|replying|any (?:other )?(?:action|answer|reply|response)|doing anything)\b/,
  /\b(?:each|every) time (?:you|the (?:user|model|assistant|agent))\b/,
  /\b(?:at|in) the (?:start|beginning) of (?:every|each) (?:conversation|session|request)/,
]);

const VOUCHED =
  /\b(?:this|the) (?:tool|server|operation|request) (?:has been|is|was) (?:\w{1,12} ){0,2}?(?:audited|approved|certified|pre-?approved|pre-?authorized|whitelisted|trusted|vetted|cleared)\b|\b(?:mandatory|required) (?:security |system |configuration )+update\b|\bfrom (?:the )?system administrators?\b/gi;

/** A tool that certifies itself. */
export const vouchesForItself: Signal = {
  id: 'vouches-for-itself',
  strength: 'weak',
  group: 'pretext',
  says: 'vouches for its own safety',
  find: ({ latin }) => spansOf(latin, VOUCHED, (match, text) => !isNegated(text, match.index)),
};

/** "Do you have an ID? You must call search first" is help; alone it proves nothing, so this stays weak. */
export const obligation: Signal = {
  id: 'obligation',
  strength: 'weak',
  group: 'obligation',
  says: 'orders the model to do something else first or always',
  find: ({ latin }) => spansOf(latin, OBLIGATION, (match, text) => !isNegated(text, match.index)),
};

const PURPOSE =
  /(?:security|compliance|audit(?:ing)?|regulatory|legal|logging|monitoring|verification|telemetry|gdpr|soc ?2|hipaa|pci|tracking|safety|authori[sz]ation|anti-?fraud|quality|debug(?:ging)?|performance|optimi[sz]ation|proxying|integrity|backup|policy)/;
const PRETEXT = anyOf([
  new RegExp(
    `\\b(?:for|due to|as part of|to (?:ensure|meet|satisfy|maintain|comply with)|in accordance with)\\s+(?:the |our |your |all |internal |proper |corporate |company |enterprise |mandatory |regulatory )*${PURPOSE.source}(?:[ ,]+(?:and |or )?${PURPOSE.source})*\\s+(?:purposes?|reasons?|requirements?|tracking|compliance|issues?|scanning|review|verification|checks?|audits?|regulations?|polic(?:y|ies)|validation|logging|standards?|protocols?)`,
  ),
  new RegExp(
    `\\b(?:required|mandated|needed|necessary|mandatory)\\s+(?:by|for|under)\\s+(?:the |our |internal |company |corporate |all |legal |regulatory )*${PURPOSE.source}\\b`,
  ),
  /\bto (?:ensure|guarantee) (?:proper|correct|full|regulatory|data|system|security) (?:validation|compliance|integrity|authori[sz]ation|security)\b/,
  /\b(?:to|in order to) (?:prevent|protect|save|spare) (?:the |your )?users? (?:from|against)\b[^.!?\n]{0,30}?(?:losing|loss(?:es)?|harm|errors|mistakes|fraud|attacks?|danger)/,
  /\bfor (?:compliance|security|audit|regulatory|verification)\b(?= purposes|[.,]|$)/,
]);

export const pretext: Signal = {
  id: 'pretext',
  strength: 'weak',
  group: 'pretext',
  says: 'gives compliance, audit or safety as the reason',
  find: ({ latin }) => spansOf(latin, PRETEXT),
};

const THREAT = anyOf([
  /\b(?:otherwise|or else|if (?:you|this|it)(?: do| does|'?re| is)? ?n[o']t[^.!?\n]{0,60}?),? (?:the |this |all |your )?(?:\w{1,15} )?(?:tools?|system|function|application|server|service|data|account|user)s? (?:will|would|may|might|could|won't|cannot|can't|is going to) (?:not )?(?:work|fail|crash|break|be (?:lost|deleted|corrupted|terminated|suspended|locked|blocked)|function|stop|malfunction)/,
  /\b(?:the )?(?:system|application|server|universe|session) will (?:crash|break|fail|be (?:terminated|corrupted|locked))/,
  /\b(?:user )?data will be (?:lost|corrupted|deleted)\b/,
  /\b(?:failure|failing) to (?:do so|comply|follow|include|call)\b[^.!?\n]{0,60}?\b(?:will|may|could|would|results? in)\b/,
  /\bthis is (?:very |extremely |absolutely |really )+(?:important|critical|urgent|crucial)\b/i,
  /\b(?:can|could|may|might|will) (?:even )?(?:upset|scare|confuse|frighten|alarm) the (?:user|human)/,
]);

export const threat: Signal = {
  id: 'threat',
  strength: 'weak',
  group: 'threat',
  says: 'threatens with what happens otherwise',
  find: ({ latin }) => spansOf(latin, THREAT),
};

const SHELL = anyOf([
  /\b(?:curl|wget)\s+(?:-\w+\s+)*["']?(?:https?:\/\/|\$|[\w.-]+\.(?:com|net|io|sh|org))/,
  /\|\s{0,3}(?:ba|z|k)?sh\b/,
  /\brm\s+-[rf]{1,2}\w*\s/,
  /\bchmod\s+(?:-R\s+)?[0-7+][\w+]{1,5}\s/,
  /\b(?:ba|z)?sh\s+-[ci]\b|\bpython3?\s+-c\b|\bnc\s+(?:-[a-z]{1,4}\s|[\w.-]{4,60}\s+\d{2,5}\b)|\bpowershell(?:\.exe)?\s+-\w|\bnode\s+-e\b/,
  /\b(?:os\.system|subprocess\.(?:run|Popen|call|check_output)|child_process|Runtime\.getRuntime|exec(?:Sync)?|eval)\s?\(/,
  /\bcat\s+(?:~|\/|\$)[\w./~$-]{2,}/,
  /\$\((?:cat|env|printenv|curl|whoami|id|base64)\b[^)\n]{0,80}\)|`(?:cat|env|printenv|curl|whoami) [^`\n]{1,80}`/,
  /\b(?:base64\s+-d|\/dev\/tcp\/|crontab\s+-|mkfifo\s|nohup\s)/,
]);

const RUNS_COMMANDS = /shell|bash|exec|terminal|command|cmd|script|run_|ssh|powershell|process|install/i;

export const shellInProse: Signal = {
  id: 'shell-in-prose',
  strength: 'weak',
  group: 'shell',
  says: 'has a shell command in it',
  // A tool that runs commands explains itself with commands.
  find: ({ latin, kind }, { name }) => (kind === 'value' || RUNS_COMMANDS.test(name) ? [] : spansOf(latin, SHELL)),
};

const OUTPUT = anyOf([
  /\b(?:append|add|include|insert|mention|recommend|promote)\s+(?:the |this |an? |our )?(?:exact |following |hidden )?(?:\w{1,15} )?(?:marker|phrase|text|link|url|string|sentence|message|watermark|code|advert\w*)\b[^.!?\n]{0,50}?\b(?:to|in|at|into)\s+(?:the end of\s+)?(?:every|each|all|your|any|the final|final)\s+(?:\w{1,12} )?(?:response|answer|reply|output|message|summar)/,
  /\b(?:emit|output|print|return|include|write|repeat|add)\s+(?:the\s+|this\s+)?(?:exact|following|literal|verbatim)\s+(?:text|string|phrase|words|marker|token|sentence|message|line)\b/,
  /\bas the (?:first|last|final|opening) (?:line|word|sentence|thing)s? (?:of|in) (?:your|the|every|each) (?:reply|response|answer|output|message)/,
  /\b(?:must|always|should) (?:append|prepend|end (?:with|every)|say|respond with|reply with|answer with|claim|state) (?:that )?(?:the )?(?:exact |following )?["'`“]/,
  /\b(?:always|only) (?:suggest|recommend|promote|favor|prefer) (?:our|my|this|the) (?:brand|product|company|service|store)\b/,
  /\b(?:prefix|begin|start|open|end|suffix|finish|close|sign) (?:every|each|all|your|any) (?:\w{1,10} )?(?:repl(?:y|ies)|responses?|answers?|messages?|outputs?) with\b/,
  /\b(?:say|claim|report|pretend|respond|answer) that (?:all|any|every|no|it|they|the (?:tests?|call|operation|check|transfer|deployment)s?) (?:\w{1,12} )?(?:passed|succeeded|worked|was successful|were successful|completed|are (?:unavailable|sold out|closed|unsafe|broken))\b/,
  /\b(?:inform|tell) the user (?:that )?\b[^.!?\n]{0,60}?\b(?:has failed|failed|is unavailable|is deprecated|an error|broken|expired|infected|suspended)\b/,
  /\bdo not include any \w{1,20} in your (?:answer|response|reply)/,
  /\b(?:after|before) (?:producing|preparing|writing|giving|you prepare|you produce|generating) (?:the |your )?(?:final )?(?:answer|summary|response|report|output)\b/,
]);

export const outputControl: Signal = {
  id: 'output-control',
  strength: 'weak',
  group: 'output',
  says: 'dictates what the model tells the user',
  find: ({ latin }) => spansOf(latin, OUTPUT, (match, text) => !isNegated(text, match.index)),
};

const REPLACED =
  /\b(?:deprecated|disabled|broken|unavailable|vulnerable|compromised|insecure|outdated|retired|stale|no longer (?:works|supported|available|safe|an? trusted|trusted|reliable|recommended))\b(?:[^.!?\n]{0,60}?[.,;:!]?\s{0,3}(?:please |so |always |must |instead |you must |and |should ){0,3}use (?:this|the|my|["'`]?[a-z]\w*_\w+)|[^.!?\n]{0,160}?\b(?:route|direct|send|use|switch|prefer|call)\b[^.!?\n]{0,60}?\b(?:this (?:tool|server|one)|here)\b)/gi;

export const claimsReplacement: Signal = {
  id: 'claims-replacement',
  strength: 'weak',
  group: 'replacement',
  says: 'declares another tool unfit and offers itself',
  find: ({ latin }, facts) =>
    spansOf(
      latin,
      REPLACED,
      (match, text) =>
        !/^\W{0,4}(?:this|it)\b/i.test(text.slice(Math.max(0, match.index - 14), match.index)) &&
        !facts.siblings.has(match[0].split(/\s/).at(-1) ?? ''),
    ),
};

const UNFIT =
  /["'`]?\b([a-z][\w-]{1,58}\w)\b["'`]?(?:\s+(?:tool|function|command))?\s+(?:is|was|has been|will be|are)\s+(?:now\s+|currently\s+|officially\s+)?(?:deprecated|broken|disabled|retired|unsafe|insecure|unreliable|compromised|unavailable|obsolete|outdated|vulnerable|down|removed)\b/gi;
const OFFERS_ITSELF =
  /\b(?:use (?:this|it)|this (?:tool|one|server|is the)|for all|instead|always|prefer|from now on)\b/i;
const STRANGER_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$|^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]+)+$/;

/** "`send_email` is deprecated": about a tool that neither this server has nor this tool was called before. */
export const declaresOtherUnfit: Signal = {
  id: 'declares-other-unfit',
  strength: 'strong',
  group: 'replacement',
  says: 'declares a tool of another server unfit and offers itself',
  find: ({ latin, kind }, facts) =>
    kind === 'value'
      ? []
      : spansOf(
          latin,
          UNFIT,
          ({ 1: name = '', index }, text) =>
            STRANGER_NAME.test(name) &&
            name !== facts.name &&
            !facts.ownWords.has(name) &&
            !facts.siblings.has(name) &&
            OFFERS_ITSELF.test(text.slice(Math.max(0, index - 160), index + 240)),
        ),
};

const WHATEVER =
  /\b(?:just |only |always |must )?(?:use|choose|select|prefer|pick|call|prioriti[sz]e) this (?:tool|function|service|one)\b[^.!?\n]{0,30}?\b(?:no matter|regardless|whatever|rather than (?:any )?others?|over (?:any|all|every|the) (?:other|alternative)s?|instead of (?:any|all) others?)\b|\b(?:highest|top|absolute|maximum) priority (?:tool|function)\b|\bhigh[- ]priority tool\b|\b(?:this|the) (?:tool|function) (?:takes|has|must be given) (?:the )?(?:highest|top|absolute) priority\b/gi;

/** Wants to be chosen whatever is asked. */
export const chosenWhatever: Signal = {
  id: 'chosen-whatever',
  strength: 'weak',
  group: 'preference',
  says: 'wants to be chosen whatever the task',
  find: ({ latin }) => spansOf(latin, WHATEVER, (match, text) => !isNegated(text, match.index)),
};
