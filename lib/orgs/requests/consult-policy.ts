import type { PolicyMode, PolicyOutcome } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';

export type PolicyVerdict = {
  decisionId: string;
  mode: PolicyMode;
  outcome: PolicyOutcome;
  /** In a sentence: the reasons that the deciding policies give. */
  reason: string;
  /** Of what is approved without a person. */
  toolPolicy: ToolPolicy;
};

/** What the organization's policy says about a version now, recorded; null when it has none or the policy is off. */
export async function consultPolicy(
  _tx: Tx,
  _input: { orgId: string; versionId: string; occasion: string; now: Date },
): Promise<PolicyVerdict | null> {
  return null;
}
