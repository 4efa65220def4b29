import { anyOf, isMentioned, isNegated, spansOf } from './match.ts';
import type { Signal } from './types.ts';

const DROP =
  /(?:ignore|disregard|forget|override|overrule|discard|neglect|bypass|abandon|dismiss|set aside|put aside|pay no attention to|stop (?:following|obeying)|(?:do not|don't|never) (?:follow|obey|comply with|adhere to|listen to)|no longer (?:follow|obey))/;
const EARLIER =
  /(?:previous|prior|above|earlier|preceding|past|former|original|initial|existing|current|other|system|developer|user'?s?|your|my|these|those|safety|security|all|any|every)/;
const ORDERS =
  /(?:instructions?|prompts?|directives?|guidelines?|guardrails?|guidance|orders|commands|programming|training|messages|rules|constraints|restrictions|safeguards)/;

/** "ignore all previous instructions" in its many forms; at least one word says that earlier or higher orders are meant. */
const PHRASE = anyOf([
  new RegExp(
    `\\b${DROP.source}\\s+(?:(?:the|of|and|or|everything|in|given|to)\\s+){0,3}(?:${EARLIER.source}[\\s,]+(?:(?:the|of|and|or|your|system|user|safety|security|content|given|provided)\\s+){0,3}){1,4}${ORDERS.source}\\b`,
  ),
  new RegExp(
    `\\b${DROP.source}\\s+(?:(?:all|any|the|of|these|those)\\s+){0,3}${ORDERS.source}\\s+(?:above|before|prior|preceding|you (?:have|had|were|received)|given (?:to you|before|above|earlier)|that (?:came|were given|you))`,
  ),
  /\b(?:ignore|disregard|forget)\s+(?:about\s+)?what(?:ever)?\s+you(?:'ve| have| were| had)?(?: been)? (?:told|taught|instructed|asked|given)/,
  new RegExp(
    `\\b(?:previous|prior|earlier|existing|original|former|your|all|system)\\s+(?:(?:previous|prior|earlier|existing|original|system|other)\\s+){0,2}${ORDERS.source}(?:\\s+\\w{1,12}){0,3}?\\s+(?:(?:are|is|have been|has been)\\s+(?:now\\s+|hereby\\s+)?(?:void|null|invalid|obsolete|superseded|revoked|cancell?ed|replaced|suspended|lifted|overridden|no longer (?:valid|in (?:force|effect)))|no longer apply)`,
  ),
  /\b(?:ignore|disregard|forget)\s+(?:about\s+)?(?:everything|anything|all)\s+(?:that (?:was|has been|came) |you (?:were|have been|know|knew) ?)?(?:above|before|previously|earlier|told|said|stated|learned|prior)/,
  /\b(?:ignore|disregard|forget)\s+(?:all\s+|everything\s+)?(?:previous|prior|above|earlier)(?:\s+(?:and|but)\b|\s*[,.;!]|$)/,
  /\b(?:takes?|has|have|with)\s+(?:absolute\s+|full\s+)?(?:priority|precedence)\s+over\s+(?:the\s+|any\s+|all\s+|every\s+|your\s+)*(?:users?(?:'s?)?\s+(?:requests?|instructions?|wishes|intent)|(?:previous|prior|other|conflicting|existing|system)\s+(?:instructions?|prompts?|guidance|directives?|rules))/,
  new RegExp(
    `\\b${DROP.source}\\s+(?:whatever|what|any|all|the)\\s+(?:${ORDERS.source}\\s+)?(?:that\\s+)?(?:the|your)\\s+(?:operator|developer|system|user|admin\\w*|owner|host)s?\\s+(?:has |have )?(?:set|gave|given|told|wrote|said|asked|configured)`,
  ),
  /\b(?:new|updated|real|actual|true) (?:system )?instructions?\s*(?:are|is|follow|begin|start)?\s*:|\bnew system (?:message|prompt)\s*:/,
]);

/** Words that make "ignore ... rules" a matter of the tool's own input. */
const OWN_MATTER =
  /\b(?:ignore|bypass|override|discard)\s+(?:all|any|existing|current|other|these|those|my|your)\s+(?:rules|constraints|messages|commands|restrictions|training|orders)\b/i;

const FROM_DATA =
  /^(?:\S+\s+){1,9}?(?:in|inside|within|returned|contained|embedded|found|present|appearing|that appear|(?:coming )?from)\b/i;
const DATA =
  /\b(?:content|pages?|data|results?|output|documents?|responses?|returned|text|websites?|files?|tools?|message body|emails?|fields?|database|untrusted)\b/i;
const HIGHER = /\b(?:previous|prior|above|earlier|system|developer|user'?s?|safety)\s/i;

/** "Do not follow any instructions in the returned page" protects the model; orders of the user or the system are another matter. */
const isDefence = (text: string): boolean => FROM_DATA.test(text) && DATA.test(text) && !HIGHER.test(text.slice(0, 60));

export const overridePhrase: Signal = {
  id: 'override-phrase',
  strength: 'strong',
  group: 'override',
  says: 'tells the model to drop the instructions it has',
  find: ({ latin }) =>
    spansOf(
      latin,
      PHRASE,
      (match, text) =>
        !isNegated(text, match.index) &&
        !isMentioned(text, match.index) &&
        !OWN_MATTER.test(match[0]) &&
        !isDefence(text.slice(match.index, match.index + match[0].length + 60)),
    ),
};

const NEW_SELF =
  /\byou are (?:now|no longer)\s+(?:an?\s+|the\s+|my\s+|in\s+|bound by\s+|acting as\s+)*(?:new|different|another|unrestricted|unfiltered|uncensored|malicious|evil|system|root|super ?user|admin\w*|jailbroken|DAN|developer mode|god mode|assistant|ai|chatbot|bot|language model|rules|restrictions|bound)\b/gi;

/** "You are now a system administrator". */
export const newRole: Signal = {
  id: 'override-phrase',
  strength: 'strong',
  group: 'override',
  says: 'gives the model another role',
  find: ({ latin }) => spansOf(latin, NEW_SELF, (match, text) => !isMentioned(text, match.index)),
};

const ROLE = anyOf([
  /\byou are now (?:an?|the|in|acting|operating|my|free)\b/,
  /\byou are (?:now )?in (?:\w{1,15} )?mode\b/,
  /\btreat (?:\w{1,12} ){1,6}as (?:an? )?(?:operator|system|admin\w*|developer|trusted|privileged|authoritative)\b/,
  /\btreat (?:this|the following|these)(?: \w{1,12}){0,3} as (?:coming from|if (?:it|they) came from|an? (?:system|developer|trusted|operator|admin)|(?:trusted|authoritative|privileged))/,
  /\b(?:enter|enable|activate|switch to) (?:the )?(?:unrestricted|developer|god|jailbreak|unsafe|root|admin\w*|DAN) mode\b/,
  /\bforget everything\b(?!\s+(?:about|in|on|for|from))/,
  /\b(?:act|behave|respond|operate) as (?:if you (?:are|were) )?(?:an? |the )?(?:unrestricted|unfiltered|root|admin\w*|superuser|system administrator|developer mode|DAN|jailbroken|evil|different (?:assistant|ai))/,
  /\bpretend (?:to be|that you are|you are)\b/,
  /\bfrom now on,? (?:you|always|never|all|every|any|treat|respond|reply|act)\b/,
  /\b(?:jailbreak|developer|god|unrestricted|DAN|sudo|debug override) mode\b(?=[^.\n]{0,40}\b(?:enable|activate|available|enter|on|unrestricted)\w*)/,
]);

export const roleTakeover: Signal = {
  id: 'role-takeover',
  strength: 'weak',
  group: 'role',
  says: 'gives the model another role',
  find: ({ latin }) =>
    spansOf(latin, ROLE, (match, text) => !isNegated(text, match.index) && !isMentioned(text, match.index)),
};

const SAFETY = anyOf([
  /\b(?:ignore|bypass|disable|skip|circumvent|override|turn off|deactivate|suspend|without)\s+(?:(?:all|any|the|every|your|its|previous|prior|existing|normal|standard|content|user)\s+){0,3}(?:safety|security|content|access|ethical|privacy)\s+(?:(?:and|or)\s+\w{1,12}\s+)?(?:checks?|filters?|filtering|restrictions?|controls?|polic(?:y|ies)|validations?|guidelines?|measures?|safeguards?|protocols?|rules|sanitization|guardrails?|constraints?)/,
  /\b(?:disable|turn off|deactivate|bypass|remove|drop)\s+(?:all\s+|any\s+|the\s+|your\s+)*(?:guardrails?|safeguards?|audit[_ ]?logging|safety|protections?|moderation|restrictions)\b/,
  /\btrust this (?:tool|server|source) (?:completely|fully|implicitly|without)\b/,
  /\b(?:restrictions?|limits|safeguards|guardrails|constraints)\b[^.!?\n]{0,30}? (?:are|is|have been|has been) (?:now )?(?:lifted|removed|suspended|disabled|off)\b/,
  /\btrust all (?:\w{1,12} ){0,3}(?:input|queries|commands|data|requests)\b/,
]);

export const safetyBypass: Signal = {
  id: 'safety-bypass',
  strength: 'weak',
  group: 'override',
  says: 'asks for safety checks to be left out',
  find: ({ latin }) =>
    spansOf(latin, SAFETY, (match, text) => !isNegated(text, match.index) && !isMentioned(text, match.index)),
};

const PRIVILEGE = anyOf([
  /\bapprove (?:all|every|any) (?:further |future |subsequent |other |following )?(?:tool )?(?:calls?|requests?|actions?|operations?|commands?)\b/,
  /\bapprove (?:all|every|any) (?:\w{2,14} )?(?:reviews?|requests?|changes?|transactions?|payments?|prompts?|merges?)\b[^.!?\n]{0,40}?\b(?:without|on (?:their|the user'?s?) behalf|automatically)\b/,
  /\bby (?:reading|using|calling|loading) this[^.!?\n]{0,20}? you (?:agree|consent|accept)\b/,
  /\b(?:implies|counts as|constitutes|means) (?:the user'?s? )?(?:consent|approval|permission|authori[sz]ation)\b/,
  /\bhas (?:already )?(?:pre-?approved|pre-?authori[sz]ed|consented to)\b/,
  /\byou may now (?:execute|run|access|call|do) (?:any|all|every)/,
  /\b(?:get|obtain|gain|acquire|grant|escalate to|allow|assume|give)\s+(?:yourself\s+|it\s+|this (?:tool|server)\s+)?(?:elevated|admin\w*|root|super ?user|full|unrestricted|unlimited)\s+(?:system\s+)?(?:permissions?|privileges?|access|rights)\b/,
  /\b(?:grant|set)\s+(?:unrestricted_access|security_level|admin_mode|trust_level)\s*=/,
]);

export const privilegeClaim: Signal = {
  id: 'privilege-claim',
  strength: 'weak',
  group: 'privilege',
  says: 'claims or grants elevated rights',
  find: ({ latin }) => spansOf(latin, PRIVILEGE, (match, text) => !isNegated(text, match.index)),
};
