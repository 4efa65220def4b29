import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { DomainError } from '#lib/http/domain-error.ts';
import { CedarFault, withCedar } from './cedar-engine.ts';
import { policyNotes } from './policy-notes.ts';
import { type Place, placeAt, splitPolicies, type TextIssue, utf16Offset } from './policy-text.ts';
import { POLICY_SCHEMA } from './schema.ts';

/** One policy of a text that holds. */
export type ParsedPolicy = {
  /** `@id`, or its place in the text. */
  id: string;
  effect: 'permit' | 'forbid';
  /** `@reason`; empty where there is none. */
  reason: string;
  text: string;
  place: Place;
  json: PolicyJson;
};

export type CheckedPolicy = { policies: ParsedPolicy[]; issues: TextIssue[] };

const MAX_ID = 100;
const MAX_REASON = 500;
const MAX_ISSUES = 50;

/**
 * Parses a policy text and validates it strictly against the published schema. Errors keep it from being saved and leave
 * `policies` empty; warnings say what most likely was not meant. Each issue has its line and column where Cedar gives one.
 */
export function checkPolicy(text: string): CheckedPolicy {
  const { slices, issues } = splitPolicies(text);
  if (issues.length > 0) return { policies: [], issues };
  try {
    const answer = withCedar((cedar) => cedar.validate({ schema: POLICY_SCHEMA, policies: { staticPolicies: text } }));
    if (answer.type === 'failure') return { policies: [], issues: answer.errors.map((error) => issueOf(text, error)) };
    const policies = withCedar((cedar) => {
      const parts = cedar.policySetTextToParts(text);
      // What is shown, stored and evaluated must be the policies that Cedar saw.
      if (parts.type === 'failure' || parts.policies.length !== slices.length) return null;
      return slices.map(({ text: own, start }, index): ParsedPolicy | null => {
        const parsed = cedar.policyToJson(own);
        if (parsed.type === 'failure') return null;
        const { annotations = {}, effect } = parsed.json;
        const place = placeAt(text, start);
        const reason = annotations.reason ?? '';
        return { id: annotations.id || `policy ${index + 1}`, effect, reason, text: own, place, json: parsed.json };
      });
    });
    if (policies === null || policies.includes(null)) {
      const message = 'The text cannot be taken apart into its policies.';
      return { policies: [], issues: [wholeText(message, 'End every policy with a semicolon of its own.')] };
    }
    const whole = policies as ParsedPolicy[];
    const names = new Map(whole.map(({ id }, index) => [`policy${index}`, id]));
    const errors = [
      ...answer.validationErrors.map(({ policyId, error }) => issueOf(text, error, { policy: names.get(policyId) })),
      ...annotationIssues(whole),
    ];
    if (errors.length > 0) return { policies: [], issues: errors.slice(0, MAX_ISSUES) };
    const warnings = answer.validationWarnings.map(({ policyId, error }) =>
      issueOf(text, error, { policy: names.get(policyId), severity: 'warning' }),
    );
    return { policies: whole, issues: [...warnings, ...policyNotes(whole)].slice(0, MAX_ISSUES) };
  } catch (error) {
    if (!(error instanceof CedarFault)) throw error;
    return { policies: [], issues: [wholeText(error.message, 'Split long conditions into several policies.')] };
  }
}

/** The policies of a text that is about to be saved or used. Throws POLICY_INVALID with all issues. */
export function requirePolicy(text: string): ParsedPolicy[] {
  const { policies, issues } = checkPolicy(text);
  const worst = issues.find(({ severity }) => severity === 'error');
  if (!worst) return policies;
  const where = worst.place ? `Line ${worst.place.line}, column ${worst.place.column}: ` : '';
  throw new DomainError('POLICY_INVALID', `${where}${worst.message}`, { issues });
}

function annotationIssues(policies: readonly ParsedPolicy[]): TextIssue[] {
  const seen = new Set<string>();
  const issues: TextIssue[] = [];
  for (const { id, reason, place, json } of policies) {
    const issue = (message: string, hint: string) =>
      issues.push({ severity: 'error', message, hint, place, policy: id });
    if (seen.has(id))
      issue(`Two policies have the id "${id}".`, 'Decisions name the policy that made them; give each its own @id.');
    seen.add(id);
    if (id.length > MAX_ID) issue(`An @id has at most ${MAX_ID} characters.`, 'Put the explanation into @reason.');
    if (reason.length > MAX_REASON) issue(`A @reason has at most ${MAX_REASON} characters.`, 'Shorten it.');
    const unknown = Object.keys(json.annotations ?? {}).find((name) => name !== 'id' && name !== 'reason');
    if (unknown !== undefined) issue(`Nothing reads the annotation @${unknown}.`, 'Known are @id and @reason.');
  }
  return issues;
}

/** Cedar repeats what was wrong before a colon, and says the policy's place in the set, which nobody counts. */
const plain = (message: string): string =>
  message
    .replace(/^failed to parse policies from string: /, '')
    .replace(/^for policy `policy\d+`, /, '')
    .replace(/^./, (first) => first.toUpperCase())
    .replace(/[^.]$/, '$&.');

function issueOf(
  text: string,
  error: DetailedError,
  { policy = null, severity = 'error' }: { policy?: string | null; severity?: TextIssue['severity'] } = {},
): TextIssue {
  const source = error.sourceLocations?.[0];
  const hint = error.help ?? source?.label ?? null;
  return {
    severity,
    message: plain(error.message),
    hint: hint === null ? null : hint.slice(0, 300),
    place: source ? placeAt(text, utf16Offset(text, source.start)) : null,
    policy,
  };
}

const wholeText = (message: string, hint: string): TextIssue => ({
  severity: 'error',
  message,
  hint,
  place: null,
  policy: null,
});
