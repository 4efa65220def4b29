'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { cancelClaim, checkClaim, checkNamespaceNow, startClaim } from '#lib/publishers/proofs/index.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { consolePath } from '../paths.ts';

const text = z.string().trim();

export async function grantNamespaceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, namespace: text }), async (input, viewer) => {
    await claimNamespace({ viewer, ...input });
    revalidatePath('/', 'layout');
    return { message: `${input.namespace} is granted.` };
  });
}

const claimForm = z.object({ publisherSlug: text, namespace: text, method: z.enum(['dns', 'http', 'github']) });

export async function startClaimAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, claimForm, async (input, viewer) => {
    const claim = await startClaim({ viewer, ...input });
    // The way to a place on the same page would not load it again.
    revalidatePath('/publish', 'layout');
    redirect(`${consolePath(input.publisherSlug, 'namespaces')}#claim-${claim.id}`);
  });
}

const checkForm = z.object({
  publisherSlug: text,
  namespace: text,
  claimId: text,
  githubToken: text.transform((value) => value || undefined).optional(),
});

/** Looks whether the proof can be seen. Seen: on to what is left to do. Else the last check beside the form says
 * why, once: the form does not repeat it. */
export async function checkClaimAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, checkForm, async ({ publisherSlug, namespace, claimId, githubToken }, viewer) => {
    const check = await checkClaim({ viewer, claimId, githubToken });
    revalidatePath('/', 'layout');
    if (check.ok) redirect(consolePath(publisherSlug, 'namespaces', { proven: namespace }));
    return { ok: false, message: 'Not proven. The last check says what was seen.' };
  });
}

export async function cancelClaimAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ claimId: text }), async ({ claimId }, viewer) => {
    await cancelClaim({ viewer, claimId });
    revalidatePath('/publish', 'layout');
    return { message: 'Given up.' };
  });
}

export async function checkNamespaceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ namespace: text }), async ({ namespace }, viewer) => {
    const check = await checkNamespaceNow({ viewer, namespace });
    revalidatePath('/', 'layout');
    if (check.ok) return { message: `${check.message}` };
    return { ok: false, code: check.code, message: check.message };
  });
}
