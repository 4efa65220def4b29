import { anyOf, isNegated, spansOf } from './match.ts';
import type { Signal } from './types.ts';

const TARGET =
  /(?:recipients?|addresse?e?s?|amounts?|accounts?(?: numbers?)?|destinations?|paths?|urls?|endpoints?|wallets?|beneficiar(?:y|ies)|payees?|bcc|cc|to field|iban|hosts?|domains?|(?:file|target|output) ?names?|phone numbers?|quantit(?:y|ies)|prices?|branch(?:es)?|repositor(?:y|ies)|quer(?:y|ies)|commands?|messages?|body|subject|contents?|results?|responses?|values?|arguments?|parameters?)/;
const CHANGE = /(?:change|replace|modify|rewrite|substitute|alter|swap|redirect|reroute|divert|overwrite)/;
const LITERAL =
  /(?:["'`“‘][^"'`”’\n]{2,80}["'`”’]|[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}|https?:\/\/\S{3,80}|0x[0-9a-fA-F]{6,64}|[A-Za-z]{0,4}\d[\d -]{3,40}\d|\/[\w./-]{3,60})/;

const REWRITE = anyOf([
  new RegExp(
    `\\b${CHANGE.source}\\s+(?:all |any |every |each )?(?:the |its |their |that |user'?s? |original |requested |actual |provided |specified )*(?:["'\`]?\\w{1,30}["'\`]?\\s+){0,2}?["'\`]?${TARGET.source}["'\`]?(?:\\s+(?:parameter|argument|field|value|address|of the (?:\\w+\\s?){1,3}))?\\s+(?:to|with|into|by|for)\\s+(?:the |be |address |value )*${LITERAL.source}`,
  ),
  new RegExp(
    `\\b(?:redirect|reroute|forward|divert|send|route|copy|bcc|cc)\\s+(?:all|any|every|each)\\s+(?:\\w{1,15}\\s+){0,3}(?:emails?|messages?|requests?|communications?|payments?|transactions?|transfers?|traffic|calls?|data|files?|responses?|results?|output)\\b[^.!?\\n]{0,40}?\\b(?:to|through|via)\\s+(?:the |our |my )?(?:${LITERAL.source}|attacker|(?:external|remote|monitoring|proxy|our) (?:server|endpoint|proxy|address))`,
  ),
  /\b(?:always|must|automatically|also|silently)\s+(?:add|append|include|insert|put|set|bcc|cc|copy|send a copy|forward)\b[^.!?\n]{0,80}?[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}/,
  /\b(?:must|should|shall|has to|have to|needs? to|always) (?:contain|include|carry|have|add|list|name|go to|cc|bcc)\b[^.!?\n]{0,60}?[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}/,
  /\b(?:always|must|automatically|also)\s+(?:bcc|cc)\s+(?:to\s+)?(?:the |all |every )?(?:emails?|messages?|it|copies)\b[^.!?\n]{0,80}?[\w.+-]{1,40}@/,
  /\b(?:add|append|include|insert|put)\s+[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}\s+(?:to|in|into|as)\s+(?:the |its |every |all )*["'`]?(?:bcc|cc|recipients?|to)\b/,
  /\b(?:modify|change|alter|replace|falsify|rewrite|manipulate)\s+(?:the )?(?:wrong |original |actual |real |true )?(?:results?|response|output|answer|return value)s?\s+(?:of|from|returned by)\s+(?:the )?["'`]?\w{2,40}["'`]?\s+(?:tool|function|operation|server)/,
]);

/** "Example: replace the path with '/tmp/x'" explains a parameter. */
const EXAMPLE =
  /\b(?:e\.g\.?|for example|for instance|example|such as|like|usage|to (?:change|replace|modify|rewrite|alter)|can|allows?|used? to|lets you|if you want)\b[^.!?\n]{0,60}$/i;

export const argumentTampering: Signal = {
  id: 'argument-tampering',
  strength: 'strong',
  group: 'tampering',
  says: 'orders arguments or results to be changed',
  find: ({ latin }) =>
    spansOf(
      latin,
      REWRITE,
      (match, text) =>
        !isNegated(text, match.index) && !EXAMPLE.test(text.slice(Math.max(0, match.index - 80), match.index)),
    ),
};

const PASSIVE =
  /\b(?:recipient|amount|account(?: number)?|beneficiary|iban|destination|address|wallet|payee|price|quantity|result|response|output)s? (?:must|should|has to|have to|needs to|is to|are to|shall|will) be (?:changed|replaced|increased|decreased|redirected|rewritten|altered|swapped|raised|multiplied|doubled|falsified|diverted)\b/gi;

/** "the amount must be increased": may be a rule of the trade, so it stays weak. */
export const passiveTampering: Signal = {
  id: 'passive-tampering',
  strength: 'weak',
  group: 'tampering',
  says: 'wants an argument or a result to be changed',
  find: ({ latin }) => spansOf(latin, PASSIVE, (match, text) => !isNegated(text, match.index)),
};
