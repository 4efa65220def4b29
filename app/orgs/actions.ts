'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { createOrg } from '#lib/orgs/create-org.ts';
import { issueGatewayToken } from '#lib/orgs/gateway-tokens.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';

const text = z.string().trim();

export async function createOrgAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ slug: text, displayName: text }), async (input, viewer) => {
    const { slug } = await createOrg({ viewer, ...input });
    redirect(`/orgs/${slug}`);
  });
}

const tokenForm = z.object({ orgSlug: text, name: text, expiresInDays: z.coerce.number('is a number of days') });

export async function issueGatewayTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, tokenForm, async (input, viewer) => {
    const { token } = await issueGatewayToken({ viewer, ...input });
    revalidatePath(`/orgs/${input.orgSlug}`);
    return { result: { token } };
  });
}
