'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { acceptMove, cancelMove, declineMove, offerMove } from '#lib/publishers/move-server.ts';
import { acceptTransfer, cancelTransfer, declineTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';

const text = z.string().trim();
const message = z.string().transform((value) => value.replaceAll('\r\n', '\n'));

const transferForm = z.object({ namespace: text, toPublisherSlug: text, message });

export async function offerTransferAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, transferForm, async (input, viewer) => {
    await offerTransfer({ viewer, ...input });
    revalidatePath('/publish', 'layout');
    return { message: `Offered ${input.namespace} to ${input.toPublisherSlug}. An owner there accepts or declines.` };
  });
}

const decision = z.object({ id: text, decision: z.enum(['accept', 'decline', 'cancel']) });

export async function decideTransferAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, decision, async ({ id: transferId, decision: made }, viewer) => {
    const deed = { accept: acceptTransfer, decline: declineTransfer, cancel: cancelTransfer }[made];
    await deed({ viewer, transferId });
    revalidatePath('/', 'layout');
    return {};
  });
}

const moveForm = z.object({ fromName: text, toName: text, message });

export async function offerMoveAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, moveForm, async (input, viewer) => {
    const { state } = await offerMove({ viewer, ...input });
    revalidatePath('/', 'layout');
    if (state === 'accepted') return { message: `${input.fromName} goes on as ${input.toName} from now on.` };
    return { message: `Offered. ${input.fromName} goes on as ${input.toName} once the holder of that name accepts.` };
  });
}

export async function decideMoveAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, decision, async ({ id: moveId, decision: made }, viewer) => {
    const deed = { accept: acceptMove, decline: declineMove, cancel: cancelMove }[made];
    await deed({ viewer, moveId });
    revalidatePath('/', 'layout');
    return {};
  });
}
