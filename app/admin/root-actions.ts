'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import { addTrustRoot } from '#lib/catalog/add-trust-root.ts';
import { refreshTrustRoots } from '#lib/catalog/refresh-trust-roots.ts';
import { removeTrustRoot } from '#lib/catalog/remove-trust-root.ts';
import { enqueueTrustRootWork } from '#lib/jobs/enqueue-trust-roots.ts';
import { DEFAULT_THRESHOLDS } from '#lib/signing/index.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { formTexts } from '../publish/form-texts.ts';

const text = z.string().trim();
const optional = text.transform((value) => value || undefined);
const lines = z.string().transform((value) => value.split(/\s+/).filter(Boolean));
/** Left empty: what the kind of root needs by default. */
const threshold = z
  .string()
  .trim()
  .regex(/^\d{0,2}$/, 'is a small number, or empty for the default')
  .transform((value) => (value === '' ? undefined : Number(value)));

const rootForm = z.object({
  name: text,
  kind: z.enum(['custom', 'github', 'public-good']),
  trustedRoot: z.string(),
  trustedRootFile: z.instanceof(File).optional(),
  tufMirror: optional,
  tufRoot: z.instanceof(File).optional(),
  namespaces: lines,
  tlog: threshold,
  ctlog: threshold,
  timestamp: threshold,
});

export async function addRootAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, rootForm, async ({ name, kind, tufMirror, namespaces, ...input }, viewer) => {
    const trustedRootText = await formTexts(input.trustedRoot, input.trustedRootFile, 'trusted_root.json');
    const tufRootText = await formTexts('', input.tufRoot, 'root.json');
    const defaults = DEFAULT_THRESHOLDS[kind];
    await addTrustRoot({
      viewer,
      name,
      kind,
      trustedRootText,
      thresholds: {
        tlog: input.tlog ?? defaults.tlog,
        ctlog: input.ctlog ?? defaults.ctlog,
        timestamp: input.timestamp ?? defaults.timestamp,
      },
      namespaces,
      ...(tufMirror && { tufMirror }),
      ...(tufRootText && { tufRootText }),
    });
    revalidatePath('/admin');
    return { message: `${name} is trusted. A worker verifies the stored signatures again.` };
  });
}

const named = z.object({ name: text });

export async function removeRootAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, named, async ({ name }, viewer) => {
    await removeTrustRoot({ viewer, name });
    revalidatePath('/admin');
    return {};
  });
}

export async function refreshRootAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, named, async ({ name }, viewer) => {
    requireAdmin(viewer);
    const [outcome] = await refreshTrustRoots({ only: name });
    await enqueueTrustRootWork();
    revalidatePath('/admin');
    if (!outcome) return { ok: false, code: 'NOT_FOUND', message: `${name} has no source to ask.` };
    if (outcome.error) return { ok: false, code: outcome.error.code, message: outcome.error.message };
    return { message: outcome.outcome === 'changed' ? 'Took over a newer root.' : 'It is current.' };
  });
}
