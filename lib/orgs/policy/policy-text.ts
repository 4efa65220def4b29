/**
 * Bounds of a policy text. Cedar parses, validates and evaluates by recursion in a stack of fixed size: chains of about
 * 300 operators and about 100 nested brackets exhaust it, so that both stop well before.
 */
export const POLICY_LIMITS = {
  bytes: 64 * 1024,
  policies: 200,
  /** Brackets of all kinds within each other. */
  depth: 16,
  /** `&&`, `||`, `+`, `-`, `*`, `!`, `if`, `like`, `in`, `when`, `unless` and comparisons in one policy. */
  operators: 100,
  /** Dots and brackets in a row, such as `a.b.c("d")`. */
  chain: 16,
} as const;

export type Place = { line: number; column: number };
export type TextIssue = {
  severity: 'error' | 'warning';
  message: string;
  hint: string | null;
  /** From 1; null where it is about the whole text. */
  place: Place | null;
  /** Id of the policy, where it is about one. */
  policy: string | null;
};

/** One policy of a text: `start` and `end` are UTF-16 offsets, without what stands between policies. */
export type PolicySlice = { text: string; start: number; end: number };

/** Line and column, from 1, of a UTF-16 offset. Columns count characters as an editor does. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 };
}

/** The UTF-16 offset of an offset in UTF-8 bytes, which is what Cedar counts. */
export const utf16Offset = (text: string, bytes: number): number =>
  Buffer.from(text, 'utf8').subarray(0, bytes).toString('utf8').length;

const TOKEN = /\s+|\/\/[^\n]*|"(?:[^"\\]|\\[\s\S])*"?|\?[A-Za-z_]\w*|[A-Za-z_]\w*|\d+|&&|\|\||[=!<>]=|::|[^\s]/gu;
const OPEN = new Set(['(', '[', '{']);
const CLOSE = new Set([')', ']', '}']);
const OPERATORS = new Set('&& || + - * ! if in has is like when unless < > <= >= == !='.split(' '));

/**
 * Takes a text apart into its policies and checks it against `POLICY_LIMITS`, before Cedar sees it. Linear in its length.
 * Texts with characters that are drawn as nothing, or that turn the direction of writing, are refused: a reviewer must see
 * what a policy says.
 */
export function splitPolicies(text: string): { slices: PolicySlice[]; issues: TextIssue[] } {
  const issues: TextIssue[] = [];
  const issue = (
    message: string,
    hint: string,
    offset: number | null,
  ): { slices: PolicySlice[]; issues: TextIssue[] } => {
    const place = offset === null ? null : placeAt(text, offset);
    return { slices: [], issues: [{ severity: 'error', message, hint, place, policy: null }] };
  };
  if (Buffer.byteLength(text) > POLICY_LIMITS.bytes)
    return issue(`The text is longer than ${POLICY_LIMITS.bytes / 1024} KiB.`, 'Remove policies or comments.', null);
  const hidden = HIDDEN.exec(text);
  if (hidden) {
    const code = `U+${hidden[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    return issue(
      `The text holds the invisible character ${code}.`,
      'Remove it, or write it as \\u{…} in a string.',
      hidden.index,
    );
  }
  const slices: PolicySlice[] = [];
  let start: number | null = null;
  let [depth, operators] = [0, 0];
  let chains = [0];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (/^\s/.test(token) || token.startsWith('//')) continue;
    start ??= index;
    if (token.startsWith('?'))
      return issue(
        `${token} is a slot of a Cedar template, which has no value here.`,
        'Name the entity instead, or leave the scope open: principal, action, resource.',
        index,
      );
    if (OPEN.has(token)) {
      depth += 1;
      chains = [...chains.slice(0, depth), 0];
      if (depth > POLICY_LIMITS.depth)
        return issue(
          `Brackets are nested deeper than ${POLICY_LIMITS.depth}.`,
          'Split the policy into several.',
          index,
        );
    } else if (CLOSE.has(token)) {
      depth = Math.max(0, depth - 1);
    } else if (token === '.') {
      chains[depth] = (chains[depth] ?? 0) + 1;
      if (chains[depth]! > POLICY_LIMITS.chain)
        return issue(
          `More than ${POLICY_LIMITS.chain} dots in a row.`,
          'Attributes are at most two levels deep.',
          index,
        );
    } else if (OPERATORS.has(token)) {
      chains[depth] = 0;
      operators += 1;
      if (operators > POLICY_LIMITS.operators)
        return issue(
          `The policy has more than ${POLICY_LIMITS.operators} operators.`,
          'Split it into several policies, or compare with a set: ["a", "b"].contains(resource.name).',
          start,
        );
    } else if (token === ',') {
      chains[depth] = 0;
    } else if (token === ';' && depth === 0) {
      slices.push({ text: text.slice(start, index + 1), start, end: index + 1 });
      [start, operators, chains] = [null, 0, [0]];
    }
  }
  // What is left open is said by Cedar, with the tokens that it expects.
  if (start !== null) slices.push({ text: text.slice(start), start, end: text.length });
  if (slices.length > POLICY_LIMITS.policies)
    return issue(
      `The text has ${slices.length} policies; at most ${POLICY_LIMITS.policies} are evaluated.`,
      'Join policies that differ in a name only by a set.',
      slices[POLICY_LIMITS.policies]!.start,
    );
  return { slices, issues };
}

/** Controls but tab and line ends, format characters, surrogates without their other half, and look-alikes of a space. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/u;
