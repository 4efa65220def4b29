import { isMentioned } from '../signals/match.ts';
import type { ScanText } from '../text/scan-text.ts';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { INJECTION_PAYLOAD, RULES } from './rules.ts';

type Payload = { what: string; pattern: RegExp };

/** Read in values only: there they are not talked about but handed over. */
const IN_VALUES: readonly Payload[] = [
  {
    what: 'a shell command',
    pattern:
      /\$\((?:whoami|id|cat|curl|wget|env|printenv|uname|ls|bash|sh|nc)\b[^)\n]{0,80}\)|`(?:whoami|id|cat|curl|wget|env|printenv|uname|bash|sh|nc)\b[^`\n]{0,80}`|[;&|]{1,2}\s{0,3}(?:rm\s+-\w|curl\s|wget\s|nc\s|(?:ba)?sh\s+-|cat\s+\/|chmod\s|powershell\s|reboot\b|shutdown\b)/i,
  },
  {
    what: 'an SQL injection',
    pattern:
      /['"]\s{0,3}(?:or|and)\s{1,3}['"]?\w{1,10}['"]?\s{0,3}=\s{0,3}['"]?\w|\bunion\s+(?:all\s+)?select\b|['"]\s{0,3};\s{0,3}(?:drop|delete|update|insert)\s/i,
  },
  { what: 'a script', pattern: /<script\b|\bjavascript:|\bon(?:error|load|click|mouseover)\s{0,3}=/i },
  { what: 'a path out of the directory', pattern: /(?:\.\.[/\\]){2,}|(?:%2e%2e(?:%2f|\/)){2,}/i },
  {
    what: 'the address of a cloud metadata service',
    pattern: /\b169\.254\.169\.254\b|\bmetadata\.google\.internal\b|\b100\.100\.100\.200\b/i,
  },
];

/** In a description only a script that would run counts. */
const IN_PROSE: readonly Payload[] = [
  {
    what: 'a script',
    pattern:
      /<script\b[^>\n]{0,80}>[^<\n]{0,200}\([^<\n]{0,200}<\/script>|<(?:img|svg|iframe|body)\b[^>\n]{0,80}\bon(?:error|load)\s{0,3}=|<[a-z]{1,12}\b[^<>\n]{0,80}\bon(?:click|mouseover|focus|error|load)\s{0,3}=\s{0,3}["']?[\w.]{2,40}\(/i,
  },
];

/** Keys of a schema whose strings a model may send as they are. */
const SUGGESTING = /\/(?:default|const|enum\/\d+|examples?(?:\/\d+)?)$/;

/** Finds attack strings among the values that a schema suggests. */
export const injectionPayloads: Scanner = {
  id: 'injection-payloads',
  rules: RULES,
  examples: EXAMPLES,
  scan: (_snapshot, { subjects }) =>
    subjects
      .filter(({ kind }) => kind !== 'manifest')
      .flatMap(({ texts }) => texts)
      .filter(({ original }) => original.length >= 4)
      .flatMap(payloads),
};

function payloads(text: ScanText): RawFinding[] {
  const candidates = text.kind === 'value' ? IN_VALUES : text.isProse ? IN_PROSE : [];
  for (const { what, pattern } of candidates) {
    const match = pattern.exec(text.latin.text);
    if (match === null || isMentioned(text.latin.text, match.index)) continue;
    const { location } = text;
    if (text.kind === 'value' && !SUGGESTING.test(location.pointer)) continue;
    return [
      {
        ruleId: INJECTION_PAYLOAD.id,
        message: `${what.charAt(0).toUpperCase()}${what.slice(1)} in ${text.where}.`,
        location,
        evidence: text.evidence(text.latin, match.index, match.index + match[0].length),
      },
    ];
  }
  return [];
}
