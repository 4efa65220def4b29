'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { setWantsMail } from '#lib/notices/wants-mail.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';

const schema = z.object({ org: z.string(), wantsMail: z.enum(['yes', 'no']) });

/** Whether notices of an organization come to oneself by mail. */
export async function setMail(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, schema, async ({ org, wantsMail }, viewer) => {
    await setWantsMail({ viewer, orgSlug: org, wantsMail: wantsMail === 'yes' });
    revalidatePath('/account');
    return { message: null };
  });
}
