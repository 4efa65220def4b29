'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { requestScan } from '#lib/scans/request-scan.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';

const target = z.object({ server: z.string().max(500), version: z.string().max(500) });

/** Asks for a scan of the version, with the server run in the sandbox. */
export async function scanAgain(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, target, async ({ server, version }, viewer) => {
    const outcome = await requestScan({ viewer, serverName: server, version });
    revalidatePath('/', 'layout');
    return { message: outcome === 'queued' ? 'Scan queued.' : 'A scan of this version is on its way already.' };
  });
}
