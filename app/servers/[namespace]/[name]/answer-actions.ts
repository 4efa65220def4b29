'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { ANSWERS, answerFinding, DECISIONS, decideFinding } from '#lib/scans/answers/index.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';

const text = z.string().max(10_000);
const target = { server: text, version: text, fingerprint: text, reason: text };

const answerForm = z.object({
  ...target,
  as: z.union([z.literal('publisher'), z.string().startsWith('org:').max(200)]),
  answer: z.enum(ANSWERS),
  /** The last day on which an acceptance holds. */
  expiresAt: z.union([z.literal(''), z.iso.date('is a date')]).optional(),
});

/** Answers a finding for the publisher of the server or for one of the viewer's organizations. */
export async function answerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(
    form,
    answerForm,
    async ({ server, version, fingerprint, reason, as, answer, expiresAt }, viewer) => {
      await answerFinding({
        viewer,
        as: as === 'publisher' ? { party: 'publisher' } : { party: 'organization', orgSlug: as.slice('org:'.length) },
        serverName: server,
        version,
        fingerprint,
        answer,
        reason,
        expiresAt: expiresAt ? new Date(`${expiresAt}T23:59:59Z`) : null,
      });
      revalidatePath('/', 'layout');
      return { message: 'Answered.' };
    },
  );
}

/** An admin's decision about a finding. */
export async function decideAction(_: ActionState, form: FormData): Promise<ActionState> {
  const schema = z.object({ ...target, decision: z.enum(DECISIONS) });
  return runAction(form, schema, async ({ server, version, fingerprint, reason, decision }, viewer) => {
    await decideFinding({ viewer, serverName: server, version, fingerprint, decision, reason });
    revalidatePath('/', 'layout');
    return { message: 'Decided.' };
  });
}
