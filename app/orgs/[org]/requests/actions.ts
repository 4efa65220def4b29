'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';
import { sayAboutRequest, withdrawRequest } from '#lib/orgs/requests/converse.ts';
import { type DecidedRequests, decideRequests } from '#lib/orgs/requests/decide-requests.ts';
import { makeRequest } from '#lib/orgs/requests/make-request.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';
import { countOf } from '../../../text/count-of.ts';
import { termsInput, termsOf, toolPolicyOf } from '../../terms-input.ts';
import { isSelectable } from '../../tool-selection.ts';

/** A day as a form sends it; its end, so that "until 30 November" includes that day. */
const day = z
  .string()
  .default('')
  .transform((text, context) => {
    if (text === '') return null;
    const date = new Date(`${text}T23:59:59.000Z`);
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime())) return date;
    context.addIssue({ code: 'custom', message: 'Give a day as YYYY-MM-DD.' });
    return z.NEVER;
  });
const rule = z.enum(['exact', 'latest-approved']).default('exact');

const request = z.object({
  org: z.string(),
  server: z.string(),
  version: z.string(),
  rule,
  scope: z.enum(['all', 'some']),
  tools: z.array(z.string()).default([]),
  team: z.string().default(''),
  until: day,
  reason: z.string(),
});

/** Asks for a version, from the server's page. */
export async function ask(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, request, async (input, viewer) => {
    const { state, serial } = await makeRequest({
      viewer,
      orgSlug: input.org,
      serverName: input.server,
      version: input.version,
      versionRule: { kind: input.rule },
      toolPolicy: input.scope === 'all' ? null : { default: 'deny', rules: rulesOf(input.tools) },
      teamSlug: input.team || null,
      until: input.until,
      reason: input.reason,
    });
    revalidatePath('/', 'layout');
    return {
      message:
        state === 'approved'
          ? `Approved by the policy. The feed is at serial ${serial}.`
          : 'Sent. Reviewers were told; the answer comes to you here and by e-mail, if your organization sends any.',
    };
  });
}

function rulesOf(tools: readonly string[]) {
  if (tools.length === 0) throw new DomainError('UNPROCESSABLE', 'Choose the tools that you need, or ask for all.');
  const pattern = tools.find((name) => !isSelectable(name));
  if (pattern !== undefined)
    throw new DomainError(
      'UNPROCESSABLE',
      `The tool "${pattern}" cannot be asked for: its name would read as a pattern.`,
    );
  return Object.fromEntries(tools.map((name) => [name, 'allow' as const]));
}

const many = z.object({
  org: z.string(),
  ids: z.array(z.string()).default([]),
  decision: z.enum(['approve', 'deny']),
  reason: z.string(),
});

/** Decides about the chosen requests with the same words. */
export async function decideMany(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, many, async ({ org, ids, decision, reason }, viewer) => {
    const result = await decideRequests({ viewer, orgSlug: org, ids, decision: { kind: decision, reason } });
    revalidatePath('/', 'layout');
    return answerOf(decision, result);
  });
}

const one = z.object({
  org: z.string(),
  id: z.string(),
  decision: z.enum(['approve', 'exception', 'deny']),
  reason: z.string(),
  seen: z.string().default(''),
  tools: z.array(z.string()).default([]),
  asks: z.array(z.string()).default([]),
  rules: z.string().default(''),
  ...termsInput,
});

/** Decides about one request with terms of its own. */
export async function decideOne(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, one, async ({ org, id, decision, reason, tools, asks, rules, ...input }, viewer) => {
    const result = await decideRequests({
      viewer,
      orgSlug: org,
      ids: [id],
      decision:
        decision === 'deny'
          ? { kind: 'deny', reason }
          : {
              kind: 'approve',
              reason,
              toolPolicy: toolPolicyOf({ tools, asks: asks.filter((name) => tools.includes(name)), rules }),
              isException: decision === 'exception',
              seenToolsDigest: input.seen || undefined,
              terms: termsOf(input),
            },
    });
    revalidatePath('/', 'layout');
    return answerOf(decision === 'deny' ? 'deny' : 'approve', result);
  });
}

function answerOf(decision: 'approve' | 'deny', { done, left, serial }: DecidedRequests) {
  const verb = decision === 'approve' ? 'Approved' : 'Denied';
  const feed = serial === null ? '' : ` The feed is at serial ${serial}.`;
  if (left.length === 0) return { message: `${verb} ${countOf(done.length, 'request')}.${feed}` };
  const why = left.map(({ server, version, message }) => `${server} ${version}: ${message}`).join(' ');
  return {
    ok: done.length > 0,
    message: `${verb} ${countOf(done.length, 'request')}, ${left.length} stay in the queue.${feed} ${why}`,
  };
}

const words = z.object({
  org: z.string(),
  id: z.string(),
  kind: z.enum(['question', 'answer', 'note']),
  text: z.string(),
});

export async function say(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, words, async ({ org, id, kind, text }, viewer) => {
    await sayAboutRequest({ viewer, orgSlug: org, id, kind, text });
    revalidatePath('/', 'layout');
    return { message: kind === 'question' ? 'Asked back. The request waits for an answer.' : 'Saved.' };
  });
}

const target = z.object({ org: z.string(), id: z.string() });

export async function withdraw(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, target, async ({ org, id }, viewer) => {
    await withdrawRequest({ viewer, orgSlug: org, id });
    revalidatePath('/', 'layout');
    return { message: 'Withdrawn.' };
  });
}
