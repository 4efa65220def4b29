'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { publishFromConsole } from '#lib/catalog/publish-from-console.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken, revokeToken } from '#lib/publishers/publish-tokens.ts';
import { renamePublisher } from '#lib/publishers/rename-publisher.ts';
import { setOfficial } from '#lib/publishers/set-official.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { consolePath, serverPath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';
import { formTexts } from './form-texts.ts';

const text = z.string().trim();

export async function createPublisherAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ slug: text, displayName: text }), async (input, viewer) => {
    const { slug } = await createPublisher({ viewer, ...input });
    redirect(consolePath(slug));
  });
}

export async function renamePublisherAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, displayName: text }), async (input, viewer) => {
    const { wasOfficial } = await renamePublisher({ viewer, ...input });
    revalidatePath('/', 'layout');
    return {
      message: wasOfficial ? 'Renamed. It is not official any more: that was said of the old name.' : 'Renamed.',
    };
  });
}

const officialForm = z.object({ publisherSlug: text, official: z.enum(['yes', 'no']) });

export async function setOfficialAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, officialForm, async ({ publisherSlug, official }, viewer) => {
    await setOfficial({ viewer, publisherSlug, isOfficial: official === 'yes' });
    revalidatePath('/', 'layout');
    return { message: official === 'yes' ? 'This publisher is official now.' : 'This publisher is not official now.' };
  });
}

const tokenForm = z.object({ publisherSlug: text, name: text, expiresInDays: z.coerce.number('is a number of days') });

export async function issueTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, tokenForm, async (input, viewer) => {
    const { token } = await issuePublishToken({ viewer, ...input });
    revalidatePath('/publish', 'layout');
    return { result: { token } };
  });
}

export async function revokeTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ tokenId: text }), async ({ tokenId }, viewer) => {
    await revokeToken({ viewer, tokenId });
    revalidatePath('/', 'layout');
    return { message: 'Revoked.' };
  });
}

const source = { text: z.string(), file: z.instanceof(File).optional() };
const publication = z.object({
  manifest: source.text,
  manifestFile: source.file,
  bundle: source.text,
  bundleFile: source.file,
});

export async function publishAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, publication, async (input, viewer) => {
    const manifest = await formTexts(input.manifest, input.manifestFile, 'server.json');
    const bundle = await formTexts(input.bundle, input.bundleFile, 'the bundle');
    const answer = await publishFromConsole({ viewer, manifestText: manifest, bundleText: bundle || undefined });
    if (!answer.ok) {
      const { code, issues } = answer;
      const errors = issues.filter((issue) => issue.severity === 'error').length;
      const message = errors > 0 ? `Not published: ${countOf(errors, 'error')} in the manifest.` : answer.message;
      return { ok: false, code, message, issues };
    }
    revalidatePath('/', 'layout');
    const { name, version, signatureMessage, issues } = answer;
    return {
      message: [`Published ${name} ${version}.`, signatureMessage].filter(Boolean).join(' '),
      result: { href: serverPath(name, { version }) },
      issues,
    };
  });
}
