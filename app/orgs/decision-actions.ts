'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { countOf } from '../text/count-of.ts';
import { termsInput, termsOf, toolPolicyOf } from './terms-input.ts';

const target = { org: z.string(), server: z.string(), version: z.string(), reason: z.string() };
const approval = z.object({
  ...target,
  ...termsInput,
  seen: z.string(),
  tools: z.array(z.string()).default([]),
  asks: z.array(z.string()).default([]),
  rules: z.string().default(''),
});
const revocation = z.object(target);

/** Approves the version with the tools that were ticked, and what rules by pattern add. */
export async function approve(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, approval, async ({ tools, asks, rules, ...input }, viewer) => {
    const { serial, allowedTools, unmatchedPatterns, range } = await approveVersion({
      viewer,
      orgSlug: input.org,
      serverName: input.server,
      version: input.version,
      toolPolicy: toolPolicyOf({ tools, asks: asks.filter((name) => tools.includes(name)), rules }),
      terms: termsOf(input),
      reason: input.reason,
      seenToolsDigest: input.seen || undefined,
    });
    revalidatePath('/', 'layout');
    const said = [`Approved with ${countOf(allowedTools.length, 'tool')}. The feed is at serial ${serial}.`];
    if (unmatchedPatterns.length > 0)
      said.push(`No tool matches ${unmatchedPatterns.map((rule) => `"${rule}"`).join(', ')}.`);
    if (range.also.length > 0) said.push(`Of the range also ${range.also.join(', ')}.`);
    if (range.left.length > 0)
      said.push(`Left out: ${range.left.map(({ version, reason }) => `${version} (${reason})`).join(', ')}.`);
    return { message: said.join(' ') };
  });
}

/** Revokes the version; gateways refuse it from their next poll on. */
export async function revoke(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, revocation, async ({ org, server, version, reason }, viewer) => {
    const { serial } = await revokeVersion({ viewer, orgSlug: org, serverName: server, version, reason });
    revalidatePath('/', 'layout');
    return { message: `Revoked. The feed is at serial ${serial}; gateways refuse it from their next poll on.` };
  });
}
