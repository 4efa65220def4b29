'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { verifyOrgChain } from '#lib/audit/get-org-audit.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { orgPath } from '../../../paths.ts';

/** Verifies the chain; the page shows the result. */
export async function verifyNow(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ org: z.string() }), async ({ org }, viewer) => {
    await verifyOrgChain({ viewer, orgSlug: org });
    revalidatePath(orgPath(org, 'audit'));
    return { message: null };
  });
}
