'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { changePublishedStatus } from '#lib/publishers/change-published-status.ts';
import { signPublished } from '#lib/publishers/sign-published.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { countOf } from '../text/count-of.ts';
import { formTexts } from './form-texts.ts';

const text = z.string().trim();

const statusForm = z.object({
  publisherSlug: text,
  serverName: text,
  /** Absent: every version of the server. */
  version: z.string().optional(),
  status: z.enum(['active', 'deprecated', 'deleted']),
  statusMessage: z.string().transform((value) => value.replaceAll('\r\n', '\n')),
});

const DONE = { active: 'Restored', deprecated: 'Deprecated', deleted: 'Deleted' };

export async function changeStatusAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, statusForm, async ({ version = null, ...input }, viewer) => {
    const count = await changePublishedStatus({ viewer, version, ...input });
    revalidatePath('/', 'layout');
    return { message: `${DONE[input.status]}${version === null ? `: ${countOf(count, 'version')}` : ''}.` };
  });
}

const bundleForm = z.object({
  publisherSlug: text,
  serverName: text,
  version: z.string(),
  bundle: z.string(),
  bundleFile: z.instanceof(File).optional(),
});

export async function addSignatureAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, bundleForm, async ({ bundle, bundleFile, ...input }, viewer) => {
    const bundleText = await formTexts(bundle, bundleFile, 'the bundle');
    const { signatureState, signatureMessage } = await signPublished({ viewer, bundleText, ...input });
    revalidatePath('/', 'layout');
    const state = signatureState.replace('_', ' ');
    return { message: [`Added. The version is shown as: ${state}.`, signatureMessage].filter(Boolean).join(' ') };
  });
}
