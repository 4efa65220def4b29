'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { changeEntry } from '#lib/orgs/allowlist/change-entry.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { liftDenial } from '#lib/orgs/allowlist/lift-denial.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { reinstateEntry } from '#lib/orgs/allowlist/reinstate-entry.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import type { ActionState } from '../../forms/action-state.ts';
import { runAction } from '../../forms/run-action.ts';
import { termsInput, termsOf } from '../terms-input.ts';

const org = { org: z.string(), reason: z.string() };
const entry = z.object({
  ...org,
  server: z.string(),
  /** Empty: the whole entry. */
  version: z.string().default(''),
  act: z.enum(['suspend', 'reinstate', 'revoke']),
});

/** Suspends, reinstates or revokes an entry or one version of it. */
export async function decideEntry(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, entry, async ({ act, version, ...input }, viewer) => {
    const of = { viewer, orgSlug: input.org, serverName: input.server, version: version || null, reason: input.reason };
    const [verb, versions, serial] =
      act === 'suspend'
        ? await suspendEntry(of).then((done) => ['Suspended', done.suspended, done.serial] as const)
        : act === 'reinstate'
          ? await reinstateEntry(of).then((done) => ['Reinstated', done.reinstated, done.serial] as const)
          : await revokeVersion(of).then((done) => ['Revoked', done.revoked, done.serial] as const);
    revalidatePath('/', 'layout');
    return { message: `${verb} ${versions.join(', ')}. The feed is at serial ${serial}.` };
  });
}

const terms = z.object({ ...org, ...termsInput, server: z.string(), owner: z.string().default('') });

/** Changes what holds for an entry as a whole. */
export async function changeTerms(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, terms, async ({ server, owner, reason, ...input }, viewer) => {
    const { serial, changes, range } = await changeEntry({
      viewer,
      orgSlug: input.org,
      serverName: server,
      terms: { ...termsOf(input), ownerId: owner || null },
      reason,
    });
    revalidatePath('/', 'layout');
    const also = range.also.length > 0 ? ` Of the range came ${range.also.join(', ')}.` : '';
    return { message: `${changes.join('. ')}.${also} The feed is at serial ${serial}.` };
  });
}

const denial = z.object({
  ...org,
  kind: z.enum(['server', 'version', 'namespace']),
  target: z.string(),
  version: z.string().default(''),
  advisory: z.string().default(''),
});

export async function deny(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, denial, async (input, viewer) => {
    const { serial } = await denyTarget({
      viewer,
      orgSlug: input.org,
      kind: input.kind,
      target: input.target,
      version: input.version || null,
      reason: input.reason,
      advisory: input.advisory || null,
    });
    revalidatePath('/', 'layout');
    return { message: `Denied. The feed is at serial ${serial}; gateways refuse it from their next poll on.` };
  });
}

const lifting = z.object({ ...org, denial: z.string() });

export async function lift(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, lifting, async (input, viewer) => {
    const { serial } = await liftDenial({
      viewer,
      orgSlug: input.org,
      denialId: input.denial,
      reason: input.reason,
    });
    revalidatePath('/', 'layout');
    return { message: `Lifted. The feed is at serial ${serial}.` };
  });
}

const locking = z.object({ ...org, confirm: z.literal('yes', 'Tick the box: every gateway stops.') });

/** The second step of a lockdown; its page is the first. */
export async function lockDown(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, locking, async (input, viewer) => {
    const { serial } = await startLockdown({ viewer, orgSlug: input.org, reason: input.reason });
    revalidatePath('/', 'layout');
    return {
      message:
        serial === null
          ? 'Locked down, but the feed could not be signed: gateways keep their last list until it can. It is tried each minute. Look at the keys under Feed.'
          : `Locked down with serial ${serial}. Gateways refuse everything from their next poll on.`,
    };
  });
}

const unlocking = z.object(org);

export async function unlock(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, unlocking, async (input, viewer) => {
    const { serial } = await endLockdown({ viewer, orgSlug: input.org, reason: input.reason });
    revalidatePath('/', 'layout');
    return { message: `The lockdown is over. The list is published again with serial ${serial}.` };
  });
}
