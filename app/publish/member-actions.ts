'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import { acceptInvite, createInvite, revokeInvite } from '#lib/publishers/invites.ts';
import { changeMemberRole, removeMember } from '#lib/publishers/members.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { consolePath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';

const text = z.string().trim();
const role = z.enum(['owner', 'maintainer']);

export async function createInviteAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, role }), async (input, viewer) => {
    const { secret } = await createInvite({ viewer, ...input });
    revalidatePath('/publish', 'layout');
    return { result: { link: `${config().publicUrl}/invites/${secret}` } };
  });
}

export async function revokeInviteAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ inviteId: text }), async ({ inviteId }, viewer) => {
    await revokeInvite({ viewer, inviteId });
    revalidatePath('/publish', 'layout');
    return { message: 'Taken back.' };
  });
}

export async function acceptInviteAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ inviteSecret: text }), async ({ inviteSecret }, viewer) => {
    const { publisherSlug } = await acceptInvite({ viewer, secret: inviteSecret });
    revalidatePath('/publish', 'layout');
    redirect(consolePath(publisherSlug));
  });
}

export async function changeRoleAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, userId: text, role }), async (input, viewer) => {
    await changeMemberRole({ viewer, ...input });
    revalidatePath('/publish', 'layout');
    return { message: 'Changed.' };
  });
}

export async function removeMemberAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, userId: text }), async (input, viewer) => {
    const { endedTokens } = await removeMember({ viewer, ...input });
    revalidatePath('/publish', 'layout');
    if (input.userId === viewer.id) redirect('/publish');
    return { message: `Removed, with ${countOf(endedTokens, 'token')}.` };
  });
}
