'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { publishFromConsole } from '#lib/catalog/publish-from-console.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken, revokeToken } from '#lib/publishers/publish-tokens.ts';
import { addSignerIdentity, removeSignerIdentity } from '#lib/publishers/signer-identities.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import type { ActionState } from '../forms/action-state.ts';
import { runAction } from '../forms/run-action.ts';
import { serverPath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';
import { formTexts } from './form-texts.ts';

const text = z.string().trim();
const optional = text.transform((value) => value || undefined).optional();

export async function createPublisherAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ slug: text, displayName: text }), async (input, viewer) => {
    const { slug } = await createPublisher({ viewer, ...input });
    redirect(`/publish?publisher=${slug}`);
  });
}

export async function claimNamespaceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ publisherSlug: text, namespace: text }), async (input, viewer) => {
    await claimNamespace({ viewer, ...input });
    revalidatePath('/publish');
    return { message: `${input.namespace} is granted.` };
  });
}

const tokenForm = z.object({ publisherSlug: text, name: text, expiresInDays: z.coerce.number('is a number of days') });

export async function issueTokenAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, tokenForm, async (input, viewer) => {
    const { token } = await issuePublishToken({ viewer, ...input });
    revalidatePath('/publish');
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

const signerForm = z.object({
  publisherSlug: text,
  kind: z.enum(['github', 'gitlab', 'email', 'uri']),
  issuer: text,
  ownerId: optional,
  repositoryId: optional,
  repository: optional,
  workflow: optional,
  refPattern: optional,
  san: optional,
});

export async function addSignerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, signerForm, async ({ publisherSlug, kind, issuer, san, ...ci }, viewer) => {
    const isCi = kind === 'github' || kind === 'gitlab';
    // Checked by lib as a whole: what is missing or wrong comes back as its sentence.
    const identity = (isCi ? { kind, issuer, ...ci } : { kind, issuer, san }) as SignerIdentity;
    await addSignerIdentity({ viewer, publisherSlug, identity });
    revalidatePath('/publish');
    return { message: 'Bound. New publications signed by it count as signed.' };
  });
}

export async function removeSignerAction(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ id: text }), async ({ id }, viewer) => {
    await removeSignerIdentity({ viewer, id });
    revalidatePath('/publish');
    return { message: 'Removed.' };
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
