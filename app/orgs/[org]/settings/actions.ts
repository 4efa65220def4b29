'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { changeOrgSettings } from '#lib/orgs/change-settings.ts';
import type { OrgSettings } from '#lib/orgs/settings.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';

/** A whole number, or null for an empty field. */
const days = z
  .string()
  .trim()
  .regex(/^\d{0,5}$/, 'Give a whole number of days, or leave it empty.')
  .transform((value) => (value === '' ? null : Number(value)));

const fields = z.object({
  orgSlug: z.string(),
  displayName: z.string(),
  suspendOnDrift: z.string(),
  policyScope: z.string(),
  reviewDays: days,
  defaultApprovalDays: days,
  auditRetentionDays: days,
  airgapDays: days,
  environments: z.string().max(2500),
  fourEyes: z.string().optional(),
  askAsDeny: z.string().optional(),
});

export async function saveSettings(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, fields, async ({ orgSlug, displayName, ...input }, viewer) => {
    const settings = {
      ...input,
      environments: input.environments.split(/[\s,]+/).filter(Boolean),
      fourEyes: input.fourEyes !== undefined,
      askAsDeny: input.askAsDeny !== undefined,
    };
    const { changed } = await changeOrgSettings({
      viewer,
      orgSlug,
      displayName,
      // Whatever is no setting is refused there, with its name.
      settings: settings as Partial<OrgSettings>,
    });
    revalidatePath('/orgs', 'layout');
    return { message: changed.length === 0 ? 'Nothing was changed.' : `Saved: ${changed.join(', ')}.` };
  });
}
