import type { Entities, EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';
import { sha256Hex } from '#lib/manifest/index.ts';
import { CedarFault, withCedar } from './cedar-engine.ts';
import { checkPolicy, type ParsedPolicy } from './check-policy.ts';
import type { PolicyFacts, PrincipalFacts } from './facts.ts';
import { POLICY_SCHEMA } from './schema.ts';

export type Outcome = 'approve' | 'deny' | 'review';
export type DecidingPolicy = { id: string; effect: 'permit' | 'forbid'; reason: string };
export type Verdict = {
  outcome: Outcome;
  /** The policies that decided; empty where nobody did. */
  deciding: DecidingPolicy[];
  /** What kept policies from being evaluated. With any, the outcome is `review`. */
  errors: string[];
};

/** Parsed texts that Cedar keeps; the oldest gives way. */
const KEPT = 16;
const SCHEMA_NAME = 'hallmark';

type Prepared = { slot: string; generation: number; policies: ParsedPolicy[]; error: string | null };
const prepared = new Map<string, Prepared>();
let slots = 0;

/**
 * What a policy says about the facts. A forbid that applies denies; else a permit that applies approves; else a person has
 * to look. Whatever keeps a policy from being evaluated means review, as the policy that failed may have been the one that
 * forbids. Pure: the same text and facts give the same verdict.
 */
export function evaluatePolicy(cedarText: string, facts: PolicyFacts): Verdict {
  try {
    const { slot, policies, error } = prepare(cedarText);
    if (error !== null) return review([error]);
    return withCedar((cedar) => {
      const answer = cedar.statefulIsAuthorized({
        principal: uid(facts.principal.type, facts.principal.id),
        action: uid('Action', 'approve'),
        resource: uid('ServerVersion', versionId(facts)),
        context: { ...facts.context },
        entities: entitiesOf(facts),
        preparsedSchemaName: SCHEMA_NAME,
        preparsedPolicySetId: slot,
        validateRequest: true,
      });
      if (answer.type === 'failure') return review(answer.errors.map(({ message }) => message));
      const { decision, diagnostics } = answer.response;
      const byKey = new Map(policies.map((policy, index) => [keyOf(index), policy]));
      if (diagnostics.errors.length > 0) {
        return review(
          diagnostics.errors.map(({ policyId, error }) => `"${byKey.get(policyId)?.id ?? policyId}": ${error.message}`),
        );
      }
      const deciding = [...diagnostics.reason]
        .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
        .flatMap((key) => {
          const policy = byKey.get(key);
          return policy ? [{ id: policy.id, effect: policy.effect, reason: policy.reason }] : [];
        });
      if (decision === 'allow') return { outcome: 'approve', deciding, errors: [] };
      return { outcome: deciding.length > 0 ? 'deny' : 'review', deciding, errors: [] };
    });
  } catch (error) {
    if (!(error instanceof CedarFault)) throw error;
    return review([error.message]);
  }
}

/** The verdict in a sentence, from the reasons of the policies that decided. */
export function sayVerdict({ outcome, deciding, errors }: Verdict): string {
  if (errors.length > 0) return `A person has to look: the policy could not be evaluated (${errors[0]}).`;
  if (outcome === 'review') return 'No policy permits it and none forbids it.';
  const said = deciding.map(({ id, reason }) => reason || `"${id}" ${outcome === 'deny' ? 'forbids' : 'permits'} it`);
  return `${said.map((one) => one.replace(/[.\s]+$/, '')).join('. ')}.`;
}

const review = (errors: string[]): Verdict => ({ outcome: 'review', deciding: [], errors });
const keyOf = (index: number): string => `p${index}`;
const versionId = ({ resource }: PolicyFacts): string => `${resource.name}@${resource.version}`;
const uid = (type: string, id: string): EntityUidJson => ({ type: `Hallmark::${type}`, id });

function prepare(cedarText: string): Prepared {
  const key = sha256Hex(Buffer.from(cedarText));
  const kept = prepared.get(key);
  return withCedar((cedar, generation) => {
    if (kept?.generation === generation) {
      // Again the newest one.
      prepared.delete(key);
      prepared.set(key, kept);
      return kept;
    }
    const { policies, issues } = checkPolicy(cedarText);
    const worst = issues.find(({ severity }) => severity === 'error');
    let slot = kept?.slot;
    if (slot === undefined) {
      const oldest = prepared.size >= KEPT ? prepared.entries().next().value : undefined;
      if (oldest) prepared.delete(oldest[0]);
      slot = oldest?.[1].slot ?? `slot ${slots++}`;
    }
    const staticPolicies = Object.fromEntries(policies.map(({ text }, index) => [keyOf(index), text]));
    const parsed = cedar.preparsePolicySet(slot, { staticPolicies });
    const schema = cedar.preparseSchema(SCHEMA_NAME, POLICY_SCHEMA);
    const failed = [parsed, schema].flatMap((answer) => (answer.type === 'failure' ? answer.errors : []))[0];
    const error = worst ? `The policy is not valid: ${worst.message}` : (failed?.message ?? null);
    const own = { slot, generation, policies, error };
    prepared.set(key, own);
    return own;
  });
}

function entitiesOf(facts: PolicyFacts): Entities {
  const version = { uid: uid('ServerVersion', versionId(facts)), attrs: { ...facts.resource }, parents: [] };
  return [version, ...principalEntities(facts.principal)] as unknown as Entities;
}

function principalEntities(principal: PrincipalFacts) {
  const organization = (id: string) => ({ uid: uid('Organization', id), attrs: {}, parents: [] });
  if (principal.type === 'Organization') return [organization(principal.id)];
  const org = uid('Organization', principal.organization);
  return [
    organization(principal.organization),
    ...principal.teams.map((slug) => ({ uid: uid('Team', slug), attrs: {}, parents: [org] })),
    {
      uid: uid('Person', principal.id),
      attrs: { role: principal.role },
      parents: [org, ...principal.teams.map((slug) => uid('Team', slug))],
    },
  ];
}
