'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { issueAdminToken, requireAdmin } from '#lib/auth/admin-tokens.ts';
import { actorOf } from '#lib/auth/viewer.ts';
import { addSyncSource, removeSyncSource, setSyncEnabled } from '#lib/catalog/sync/index.ts';
import { requestSync } from '#lib/catalog/sync/request-sync.ts';
import { setOfficial } from '#lib/publishers/set-official.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';

const text = z.string().trim();
const lines = z.string().transform((value) =>
  value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean),
);
const yesNo = z.enum(['yes', 'no']).transform((value) => value === 'yes');

const sourceForm = z.object({
  baseUrl: text,
  name: text,
  names: lines,
  exclude: lines,
  statuses: z.array(z.string()).default([]),
});

export async function addSourceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, sourceForm, async ({ baseUrl, name, ...filters }, viewer) => {
    requireAdmin(viewer);
    const added = await addSyncSource({ baseUrl, name: name || undefined, filters, actor: actorOf(viewer) });
    await requestSync({ name: added.name });
    revalidatePath('/admin');
    return { message: `Added ${added.name}. A worker begins to take it over.` };
  });
}

const named = z.object({ name: text });

export async function runSourceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, named, async ({ name }, viewer) => {
    requireAdmin(viewer);
    const outcome = await requestSync({ name });
    revalidatePath('/admin');
    return { message: outcome === 'queued' ? 'A worker begins in a moment.' : 'A worker is at it already.' };
  });
}

export async function setSourceEnabledAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, named.extend({ isEnabled: yesNo }), async ({ name, isEnabled }, viewer) => {
    requireAdmin(viewer);
    await setSyncEnabled({ name, isEnabled, actor: actorOf(viewer) });
    revalidatePath('/admin');
    return {};
  });
}

export async function removeSourceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, named, async ({ name }, viewer) => {
    requireAdmin(viewer);
    await removeSyncSource({ name, actor: actorOf(viewer) });
    revalidatePath('/admin');
    return {};
  });
}

export async function setOfficialAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, isOfficial: yesNo }), async (input, viewer) => {
    await setOfficial({ viewer, ...input });
    revalidatePath('/', 'layout');
    return {};
  });
}

const tokenForm = z.object({ name: text, expiresInDays: z.coerce.number('is a number of days') });

export async function issueAdminTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, tokenForm, async (input, viewer) => {
    const { token } = await issueAdminToken({ viewer, ...input });
    revalidatePath('/admin');
    return { result: { token } };
  });
}
