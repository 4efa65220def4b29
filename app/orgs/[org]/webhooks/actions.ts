'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { enqueueDeliveries } from '#lib/jobs/enqueue-deliveries.ts';
import { addWebhook, changeWebhook, removeWebhook, rotateSecret } from '#lib/webhooks/manage-webhooks.ts';
import { replayDelivery, replayRange } from '#lib/webhooks/replay.ts';
import { testWebhook } from '#lib/webhooks/test-webhook.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { orgPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';

const own = { org: z.string(), id: z.string() };
const number = z.coerce
  .number('Is not a number.')
  .int('Is not a whole number.')
  .min(1, 'Begins with 1.')
  .max(2 ** 31 - 1);
const refresh = (org: string) => revalidatePath(orgPath(org, 'webhooks'), 'layout');

export async function add(_: ActionState, form: FormData): Promise<ActionState> {
  const schema = z.object({ org: z.string(), url: z.string(), kinds: z.string() });
  return runAction(form, schema, async ({ org, url, kinds }, viewer) => {
    const { secret } = await addWebhook({ viewer, orgSlug: org, url, kinds });
    refresh(org);
    return { message: null, result: { secret } };
  });
}

export async function change(_: ActionState, form: FormData): Promise<ActionState> {
  const schema = z.object({ ...own, url: z.string(), kinds: z.string() });
  return runAction(form, schema, async ({ org, id, url, kinds }, viewer) => {
    await changeWebhook({ viewer, orgSlug: org, id, url, kinds });
    refresh(org);
    return { message: 'Saved.' };
  });
}

export async function rotate(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(own), async ({ org, id }, viewer) => {
    const { secret } = await rotateSecret({ viewer, orgSlug: org, id });
    refresh(org);
    return { message: 'The secret before it signs too for 24 hours.', result: { secret } };
  });
}

export async function remove(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(own), async ({ org, id }, viewer) => {
    await removeWebhook({ viewer, orgSlug: org, id });
    refresh(org);
    return { message: 'Removed.' };
  });
}

/** Says what the endpoint answered, whether that is good or not. */
export async function test(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(own), async ({ org, id }, viewer) => {
    const { ok, status, error, ms } = await testWebhook({ viewer, orgSlug: org, id });
    refresh(org);
    return ok ? { message: `Answered ${status} after ${ms} ms.` } : { ok: false, message: error };
  });
}

export async function replayOne(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...own, delivery: z.string() }), async ({ org, id, delivery }, viewer) => {
    await replayDelivery({ viewer, orgSlug: org, webhookId: id, deliveryId: delivery });
    await enqueueDeliveries();
    refresh(org);
    return { message: 'On its way again.' };
  });
}

export async function replay(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...own, from: number, to: number }), async ({ org, id, from, to }, viewer) => {
    const count = await replayRange({ viewer, orgSlug: org, webhookId: id, from, to });
    await enqueueDeliveries();
    refresh(org);
    return { message: `${countOf(count, 'event')} on the way again.` };
  });
}
