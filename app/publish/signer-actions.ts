'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { bindSeenSigner } from '#lib/publishers/bind-seen-signer.ts';
import { addSignerIdentity, removeSignerIdentity } from '#lib/publishers/signer-identities.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';

const text = z.string().trim();
const optional = text.transform((value) => value || undefined).optional();

const signerForm = z.object({
  publisherSlug: text,
  kind: z.enum(['github', 'gitlab', 'email', 'uri']),
  issuer: text,
  ownerId: optional,
  repositoryId: optional,
  repository: optional,
  workflow: optional,
  refPattern: optional,
  san: optional,
});

export async function addSignerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, signerForm, async ({ publisherSlug, kind, issuer, san, ...ci }, viewer) => {
    const isCi = kind === 'github' || kind === 'gitlab';
    // Checked by lib as a whole: what is missing or wrong comes back as its sentence.
    const identity = (isCi ? { kind, issuer, ...ci } : { kind, issuer, san }) as SignerIdentity;
    await addSignerIdentity({ viewer, publisherSlug, identity });
    revalidatePath('/', 'layout');
    return { message: 'Bound. What it signed counts as signed, also what was published before.' };
  });
}

export async function bindSeenSignerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, signatureId: text }), async (input, viewer) => {
    await bindSeenSigner({ viewer, ...input });
    revalidatePath('/', 'layout');
    return { message: 'Bound.' };
  });
}

export async function removeSignerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ id: text }), async ({ id }, viewer) => {
    await removeSignerIdentity({ viewer, id });
    revalidatePath('/', 'layout');
    return { message: 'Removed.' };
  });
}
