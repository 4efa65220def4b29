'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { countOf } from '../text/count-of.ts';
import { isSelectable } from './tool-selection.ts';

const target = { org: z.string(), server: z.string(), version: z.string(), reason: z.string() };
const approval = z.object({ ...target, seen: z.string(), tools: z.array(z.string()).default([]) });
const revocation = z.object(target);

/** Approves the version with exactly the tools that were ticked. */
export async function approve(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, approval, async ({ tools, ...input }, viewer) => {
    const pattern = tools.find((name) => !isSelectable(name));
    if (pattern !== undefined) {
      throw new DomainError(
        'UNPROCESSABLE',
        `The tool "${pattern}" cannot be allowed by its name: it would read as a pattern.`,
      );
    }
    const { serial, allowedTools } = await approveVersion({
      viewer,
      orgSlug: input.org,
      serverName: input.server,
      version: input.version,
      toolPolicy: { default: 'deny', rules: Object.fromEntries(tools.map((name) => [name, 'allow' as const])) },
      reason: input.reason,
    });
    revalidatePath('/', 'layout');
    return { message: `Approved with ${countOf(allowedTools.length, 'tool')}. The feed is at serial ${serial}.` };
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
