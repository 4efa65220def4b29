'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import { mapGroup, unmapGroup } from '#lib/orgs/members/group-mappings.ts';
import { acceptOrgInvite, createOrgInvite, revokeOrgInvite } from '#lib/orgs/members/invites.ts';
import { changeOrgRole, removeOrgMember } from '#lib/orgs/members/members.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { orgPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';

const text = z.string().trim();
const role = z.enum(['owner', 'reviewer', 'requester', 'auditor']);
const again = () => revalidatePath('/orgs', 'layout');

export async function changeRole(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, userId: text, role }), async (input, viewer) => {
    await changeOrgRole({ viewer, ...input });
    again();
    return { message: 'Changed.' };
  });
}

export async function removeMember(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, userId: text }), async (input, viewer) => {
    const { knownTokens } = await removeOrgMember({ viewer, ...input });
    again();
    if (input.userId === viewer.id) redirect('/orgs');
    const tokens = knownTokens > 0 ? ` ${countOf(knownTokens, 'token')} that they made still work: replace them.` : '';
    return { message: `Removed.${tokens}` };
  });
}

export async function invite(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, role, note: text.default('') }), async (input, viewer) => {
    const { secret } = await createOrgInvite({ viewer, ...input });
    again();
    return { result: { link: `${config().publicUrl}/invites/${secret}` } };
  });
}

export async function takeBackInvite(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, inviteId: text }), async (input, viewer) => {
    await revokeOrgInvite({ viewer, ...input });
    again();
    return { message: 'Taken back.' };
  });
}

export async function acceptInvite(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ inviteSecret: text }), async ({ inviteSecret }, viewer) => {
    const { orgSlug } = await acceptOrgInvite({ viewer, secret: inviteSecret });
    again();
    redirect(orgPath(orgSlug));
  });
}

export async function addGroup(_: ActionState, form: FormData): Promise<ActionState> {
  const fields = z.object({ orgSlug: text, group: text, role, team: text.default('') });
  return runAction(form, fields, async ({ team, ...input }, viewer) => {
    await mapGroup({ viewer, ...input, teamSlug: team || null });
    again();
    return { message: 'Saved. It holds from the next sign-in on, and now for whoever was signed in with this group.' };
  });
}

export async function removeGroup(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, mappingId: text }), async (input, viewer) => {
    await unmapGroup({ viewer, ...input });
    again();
    return { message: 'Removed.' };
  });
}
