'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { FEED_KEY_ALGORITHMS } from '#lib/feed/keys/key-algorithm.ts';
import { FEED_KEY_ROLES } from '#lib/feed/keys/key-provider.ts';
import { changeFeedSettings, ON_STALE } from '#lib/feed/store/change-feed-settings.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { changePathKey } from '#lib/feed/store/change-path-key.ts';
import { declareCompromised } from '#lib/feed/store/declare-compromised.ts';
import { forgetGateway } from '#lib/feed/store/forget-gateway.ts';
import { adoptRecoveryKey, takeRecoveryKit } from '#lib/feed/store/recovery-key.ts';
import { renewRoot } from '#lib/feed/store/renew-root.ts';
import { retireKey } from '#lib/feed/store/retire-key.ts';
import { rotateKey } from '#lib/feed/store/rotate-key.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';

const text = z.string().trim();
const days = z.coerce.number('Give a number of days.').int('Give a whole number of days.');
/** A private key in PEM. Used once; forms never give it back. */
const rootSecret = z.string().max(8192).optional();

const changed = () => revalidatePath('/orgs', 'layout');

const rotateForm = z.object({
  orgSlug: text,
  role: z.enum(FEED_KEY_ROLES),
  algorithm: z.enum(FEED_KEY_ALGORITHMS),
  overlapDays: days,
  rootSecret,
});

export async function rotateKeyAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, rotateForm, async ({ orgSlug, rootSecret, ...input }, viewer) => {
    const { keyid, until } = await rotateKey({
      keeper: keyKeeperOf(viewer, orgSlug),
      rootKeyPem: rootSecret,
      ...input,
    });
    changed();
    return { message: `The new ${input.role} key is ${keyid.slice(0, 12)}. The old one signs until ${day(until)}.` };
  });
}

const retireForm = z.object({ orgSlug: text, keyid: text, reason: text.min(1, 'Say why.').max(500), rootSecret });

export async function retireKeyAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, retireForm, async ({ orgSlug, rootSecret, ...input }, viewer) => {
    const keeper = keyKeeperOf(viewer, orgSlug);
    const { isInRoot } = await retireKey({ keeper, rootKeyPem: rootSecret, ...input });
    changed();
    return { message: isInRoot ? 'Retired. The root names it until the next change of keys.' : 'Retired.' };
  });
}

const compromiseForm = z.object({
  orgSlug: text,
  keyids: text.min(1, 'Choose a key.'),
  reason: text.min(1, 'Say what happened.').max(500),
  confirm: text,
  rootSecret,
});

export async function declareCompromisedAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, compromiseForm, async ({ orgSlug, keyids, reason, confirm, rootSecret }, viewer) => {
    if (confirm !== orgSlug) {
      const faults = { confirm: `Write ${orgSlug} to confirm.` };
      return { ok: false, code: 'FORM_INVALID', message: 'Nothing was changed.', faults };
    }
    const keeper = keyKeeperOf(viewer, orgSlug);
    const { epoch } = await declareCompromised({ keeper, keyids: keyids.split(','), reason, rootKeyPem: rootSecret });
    changed();
    const epochs = epoch === null ? '' : ` Epoch ${epoch} has begun.`;
    return { message: `New keys sign from now on.${epochs} Give out new trust files.` };
  });
}

const rootForm = z.object({ orgSlug: text, rootSecret });

export async function renewRootAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, rootForm, async ({ orgSlug, rootSecret }, viewer) => {
    const { version } = await renewRoot({ keeper: keyKeeperOf(viewer, orgSlug), rootKeyPem: rootSecret });
    changed();
    return { message: `Root ${version} is good for a year.` };
  });
}

const adoptForm = z.object({ orgSlug: text, publicPem: text.max(4096), rootSecret });

export async function adoptRecoveryKeyAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, adoptForm, async ({ orgSlug, publicPem, rootSecret }, viewer) => {
    const keeper = keyKeeperOf(viewer, orgSlug);
    const { keyid } = await adoptRecoveryKey({ keeper, publicPem: `${publicPem}\n`, rootKeyPem: rootSecret });
    changed();
    return { message: `The recovery key ${keyid.slice(0, 12)} is a root key now. Retire the old one with it.` };
  });
}

export async function takeRecoveryKitAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, confirm: text }), async ({ orgSlug, confirm }, viewer) => {
    if (confirm !== orgSlug) {
      const faults = { confirm: `Write ${orgSlug} to confirm.` };
      return { ok: false, code: 'FORM_INVALID', message: 'Nothing was changed.', faults };
    }
    const { keyid, pem } = await takeRecoveryKit({ keeper: keyKeeperOf(viewer, orgSlug) });
    return { result: { keyid, pem } };
  });
}

const settingsForm = z.object({
  orgSlug: text,
  onStale: z.enum(ON_STALE),
  graceHours: z.coerce.number('Give a number of hours.').min(0).max(8760),
  refreshSeconds: z.coerce.number('Give a number of seconds.').int(),
});

export async function saveFeedSettings(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, settingsForm, async ({ orgSlug, onStale, graceHours, refreshSeconds }, viewer) => {
    const { serial } = await changeFeedSettings({
      keeper: keyKeeperOf(viewer, orgSlug),
      settings: { onStale, graceSeconds: Math.round(graceHours * 3600), refreshSeconds },
    });
    changed();
    return { message: serial === null ? 'Nothing was changed.' : `Saved and published as serial ${serial}.` };
  });
}

export async function forgetGatewayAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, gatewayId: text }), async ({ orgSlug, gatewayId }, viewer) => {
    await forgetGateway({ keeper: keyKeeperOf(viewer, orgSlug), gatewayId });
    changed();
    return {};
  });
}

export async function changePathKeyAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ orgSlug: text, confirm: text }), async ({ orgSlug, confirm }, viewer) => {
    if (confirm !== orgSlug) {
      const faults = { confirm: `Write ${orgSlug} to confirm.` };
      return { ok: false, code: 'FORM_INVALID', message: 'Nothing was changed.', faults };
    }
    await changePathKey({ keeper: keyKeeperOf(viewer, orgSlug) });
    changed();
    return { message: 'Changed. The old address answers 404 from now on. Give out new trust files.' };
  });
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
