'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { changeViewKey } from '#lib/orgs/change-view-key.ts';
import { issueViewToken } from '#lib/orgs/view-tokens.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { orgPath } from '../../../paths.ts';

const text = z.string().trim();

const tokenForm = z.object({
  orgSlug: text,
  name: text,
  expiresInDays: z.coerce.number('is a number of days'),
  teamSlug: text.optional(),
});

export async function issueViewTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, tokenForm, async ({ teamSlug, ...input }, viewer) => {
    const { token } = await issueViewToken({ viewer, ...input, teamSlug: teamSlug || null });
    revalidatePath(orgPath(input.orgSlug, 'exports'));
    return { result: { token } };
  });
}

export async function changeViewKeyAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text }), async ({ orgSlug }, viewer) => {
    await changeViewKey({ viewer, orgSlug });
    revalidatePath(orgPath(orgSlug, 'exports'));
    return { message: 'Changed. The addresses above are new; the old ones answer 404 from now on.' };
  });
}
