import { anyOf, isMentioned, spansOf } from './match.ts';
import type { Signal } from './types.ts';

/** Tokens of chat templates: they end one speaker's turn and begin another's. */
const TEMPLATE_TOKEN = anyOf([
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|tool|endoftext|begin_of_text|end_of_text|start_header_id|end_header_id|eot_id|endofprompt)\|>/,
  /\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\/?\|?(?:system|assistant)_(?:prompt|message|instructions?)\|?>/,
  /#{2,4} ?(?:Instruction|Response|Human|Assistant|System (?:prompt|message|instruction|override))s?:/,
  /(?:^|\n\n)(?:Human|Assistant): /,
]);

const SPEAKER =
  '(?:SYSTEM|ADMIN|ADMINISTRATOR|ASSISTANT|DEVELOPER|ROOT|HIDDEN|SECRET|OVERRIDE|ROLE|METADATA|CONFIGURATION|EMERGENCY|SECURITY|GLOBAL|AI|LLM|MODEL|AGENT|INTERNAL)';
const ORDER = '(?:OVERRIDE|DIRECTIVE|INSTRUCTIONS?|PROMPT|MESSAGE|COMMAND|NOTE|NOTICE|POLICY|PROTOCOL|RULES?)';
/** `[SYSTEM DIRECTIVE]`, `SYSTEM OVERRIDE (…):`; upper case only, so that headings of manuals stay out. */
const LABEL = new RegExp(
  `\\[(?:${SPEAKER}|${ORDER})(?:[ _-]+(?:${SPEAKER}|${ORDER}))+\\]|\\[HIDDEN\\]|\\[SYSTEM\\](?=\\s*:)|\\[/SYSTEM\\]|\\b(?:${SPEAKER}[ _]){1,2}${ORDER}(?: ${ORDER})?(?: \\([^)\\n]{1,40}\\))?:|#{1,4} ?(?:${SPEAKER}[ _]){1,2}${ORDER}\\b`,
  'g',
);

/** The bracketed form in any case. */
const BRACKET_LABEL =
  /\[(?:system|admin|administrator|developer|hidden|root|operator)[ _-](?:override|directive|instructions?|prompt|message|note|command|notice)\]/gi;

/** `"_system_injection": "…"`: a member of an object that no service has. */
const MEMBER =
  /["']_{0,2}(?:system|admin|hidden|secret|llm|ai|agent|model|assistant)_(?:injection|override|instructions?|prompt|directive|command|note|policy|order)_{0,2}["']\s?:\s?["'{[]/gi;

/** Elements that pretend to be a channel of their own. Upper case stands for shouting, so one tag is enough. */
const SHOUTED_TAG =
  /<\/?(?:IMPORTANT|SYSTEM|HIDDEN|SECRET|OVERRIDE|ADMIN|INSTRUCTIONS?|CRITICAL|DIRECTIVE|URGENT|MANDATORY|PROTOCOL|GLOBAL)(?:[_ -][A-Z]{2,14}){0,2}>/g;
const QUIET_TAG =
  /<(hidden|secret|system|system[_-]?(?:prompt|message|note|reminder|instructions?|override)|override|admin|sudo|root|developer|jailbreak|assistant[_-]?(?:instructions?|note)|(?:hidden|secret|internal|global|priority)[_-](?:instructions?|directives?|notes?|override|rules?))>/gi;
const MIN_CONTENT = 12;

export const roleTag: Signal = {
  id: 'role-tag',
  strength: 'strong',
  group: 'role-tag',
  says: 'imitates a system message',
  find: ({ latin, kind }) => [
    ...spansOf(latin, TEMPLATE_TOKEN, (match, text) => !isMentioned(text, match.index)),
    ...spansOf(latin, BRACKET_LABEL, (match, text) => !isMentioned(text, match.index)),
    ...(kind === 'value' ? [] : spansOf(latin, MEMBER, (match, text) => !isMentioned(text, match.index))),
    ...spansOf(latin, LABEL, (match, text) => !isMentioned(text, match.index)),
    ...spansOf(latin, SHOUTED_TAG, (match, text) => hasContent(text, match) && !isMentioned(text, match.index)),
    ...spansOf(latin, QUIET_TAG, (match, text) => isClosed(text, match) && !isMentioned(text, match.index)),
  ],
};

/** A placeholder of a usage line, `get <SYSTEM>`, has nothing to say after it. */
function hasContent(text: string, match: RegExpExecArray): boolean {
  return (
    match[0].startsWith('</') ||
    /\S+\s+\S+/.test(text.slice(match.index + match[0].length, match.index + match[0].length + 80))
  );
}

/** A lower-case tag counts when it is closed again, or opened twice, around some words. */
function isClosed(text: string, match: RegExpExecArray): boolean {
  const from = match.index + match[0].length;
  const rest = text.slice(from).toLowerCase();
  const name = (match[1] ?? '').toLowerCase();
  const closing = [rest.indexOf(`</${name}>`), rest.indexOf(`<${name}>`)].filter((at) => at >= 0);
  return closing.some((at) => at >= MIN_CONTENT);
}

/** Elements that honest vendors use too, to set advice apart. */
const ADVICE_TAG =
  /<(important|instructions?|critical|important_(?:note|instruction)s?|rules?|directive|urgent|mandatory|reminder|note_to_(?:ai|llm|model|assistant))>/gi;

export const adviceTag: Signal = {
  id: 'advice-tag',
  strength: 'weak',
  group: 'role-tag',
  says: 'sets instructions apart in a tag of their own',
  find: ({ latin }) => spansOf(latin, ADVICE_TAG, (match, text) => isClosed(text, match)),
};

/** `SECURITY AUDIT:`, `COMPLIANCE NOTICE:`: an authority in capitals at the head of a statement. */
const AUTHORITY =
  /(?:^|[\n.!?\])>*] ?|\*\*)((?:[A-Z]{1,16}[ _/-]){0,5}(?:SECURITY|SYSTEM|COMPLIANCE|AUDIT|AUTHORI[SZ]ATION|OVERRIDE|DIRECTIVE|PROTOCOL|MANDATE|MANDATORY|POLICY|EMERGENCY|ADMIN(?:ISTRATOR)?|GOVERNANCE|REGULATORY|VERIFICATION|VALIDATION|AUTHENTICATION|INTEGRITY|ENFORCEMENT|CLEARANCE|ACT AS|INJECTION|PRIORITY ONE|TOP PRIORITY|GLOBAL|JAILBREAK)(?:[ _/-](?:[A-Z]{2,16})){0,4})(?: \([^)\n]{1,40}\))?\*{0,2}:/g;

/** Bracketed label without an order word: `[SYSTEM] …`, `[important] …`. */
const BRACKETED =
  /(?:^|\n|\. )\[(?:SYSTEM|ADMIN|ROOT|IMPORTANT|Important|important|URGENT|CRITICAL|PRIORITY|OVERRIDE)\](?=\s*\S)/g;

/** The whole text opens like a turn of the system: `system: enter …`. */
const OPENING = /^(?:system|developer)\s?: /gi;
/** `NOTE TO THE AI`, `instruction for any assistant reading this`. */
const ADDRESSEE =
  /\b(?:instructions?|notes?|notices?|messages?|directives?|attention|reminders?|important)\s*(?:for|to|:)\s*(?:the |any |all |every )?(?:ai|llms?|(?:ai |language )?(?:assistant|model|agent)s?)\b(?=[^.\n]{0,40}(?::|reading|processing|using|who|that))|\bif you are (?:an? )?(?:ai|llm|(?:large )?language model|(?:ai )?(?:assistant|agent|model))\b|\((?:assistant|model|ai|agent|llm)\s?:|\bend of (?:the )?(?:tool )?(?:description|documentation|system prompt)\b/gi;

/** Words spoken past the reader, to the model. */
export const addressesModel: Signal = {
  id: 'addresses-model',
  strength: 'weak',
  group: 'address',
  says: 'speaks to the model rather than about the tool',
  find: ({ latin }) => spansOf(latin, ADDRESSEE, (match, text) => !isMentioned(text, match.index)),
};

export const authorityLabel: Signal = {
  id: 'authority-label',
  strength: 'weak',
  group: 'role-tag',
  says: 'speaks in the name of an authority',
  find: ({ latin }) => [...spansOf(latin, AUTHORITY), ...spansOf(latin, BRACKETED), ...spansOf(latin, OPENING)],
};
