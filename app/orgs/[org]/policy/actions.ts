'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { requireOrg } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { checkPolicy } from '#lib/orgs/policy/check-policy.ts';
import { startDryRun } from '#lib/orgs/policy/dry-runs.ts';
import { requestReviews } from '#lib/orgs/policy/request-reviews.ts';
import { restorePolicy, savePolicy } from '#lib/orgs/policy/save-policy.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { orgPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { parseToolRules } from './tool-rules.ts';

const draftForm = z.object({
  org: z.string(),
  do: z.enum(['check', 'dry-run', 'save']),
  // Browsers send line ends as CR LF.
  cedar: z.string().transform((text) => text.replaceAll('\r\n', '\n')),
  mode: z.enum(['off', 'suggest', 'automatic']),
  scope: z.enum(['requested', 'catalog']),
  coolDownDays: z.coerce.number('is a number of days').int('is a whole number of days').min(0).max(365),
  toolDefault: z.string(),
  toolRules: z.string(),
  templates: z.string().default('[]'),
  basedOn: z.coerce.number().int(),
  note: z.string().default(''),
});

const templatesSchema = z
  .array(z.object({ id: z.string().max(60), parameters: z.record(z.string().max(60), z.string().max(20_000)) }))
  .max(50)
  .catch([]);

/** Checks the text, tries it on the catalog, or saves it: whichever button was pressed. */
export async function changePolicy(_: ActionState, form: FormData): Promise<ActionState> {
  const state = await runAction(form, draftForm, async (input, viewer) => {
    const { org, cedar, coolDownDays } = input;
    // Checking takes time of this process too: it is for those who may save.
    requireOrg(viewer, org, 'policy.edit');
    const { policies, issues } = checkPolicy(cedar);
    const result = { issues: JSON.stringify(issues), cedar };
    if (issues.some(({ severity }) => severity === 'error'))
      return {
        ok: false,
        code: 'POLICY_INVALID',
        message: 'Not done: the text is not valid. Its errors are said below it.',
        result,
      };
    if (input.do === 'check') {
      const permits = policies.filter(({ effect }) => effect === 'permit').length;
      const message = `Valid: ${countOf(permits, 'permit')}, ${countOf(policies.length - permits, 'forbid')}.`;
      return { ok: null, message: null, result: { ...result, said: message } };
    }
    if (input.do === 'dry-run') {
      const id = await startDryRun({ viewer, orgSlug: org, cedar, coolDownDays });
      redirect(`${orgPath(org, 'policy/edit', { 'dry-run': id })}#dry-run`);
    }
    const tools = parseToolRules(input.toolDefault, input.toolRules.replaceAll('\r\n', '\n'));
    if ('fault' in tools) throw new DomainError('UNPROCESSABLE', `Rules for tools. ${tools.fault}`);
    await savePolicy({
      viewer,
      orgSlug: org,
      draft: {
        mode: input.mode,
        cedar,
        templates: templatesSchema.parse(jsonOf(input.templates)),
        coolDownDays,
        toolPolicy: tools.policy,
        scope: input.scope,
      },
      note: input.note,
      basedOn: input.basedOn,
    });
    revalidatePath(orgPath(org), 'layout');
    redirect(orgPath(org, 'policy'));
  });
  // The text stays as it was typed, whatever the answer is.
  const typed = Object.fromEntries(
    [...form].filter((pair): pair is [string, string] => typeof pair[1] === 'string' && !pair[0].startsWith('$')),
  );
  return { ...state, typed };
}

const restoreForm = z.object({
  org: z.string(),
  version: z.coerce.number().int(),
  basedOn: z.coerce.number().int(),
  note: z.string(),
});

export async function restore(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, restoreForm, async ({ org, ...input }, viewer) => {
    await restorePolicy({ viewer, orgSlug: org, ...input });
    revalidatePath(orgPath(org), 'layout');
    redirect(orgPath(org, 'policy'));
  });
}

export async function askForReviews(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ org: z.string() }), async ({ org }, viewer) => {
    const opened = await requestReviews({ viewer, orgSlug: org });
    revalidatePath(orgPath(org), 'layout');
    return { message: `${countOf(opened, 'request')} wait in the queue.` };
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
