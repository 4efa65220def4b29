import fs from 'node:fs';
import path from 'node:path';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { grantFor } from '#lib/auth/grants.ts';
import { db } from '#lib/db/db.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import { DEMONSTRATION_SIGNER } from '#prisma/seed/demonstration-signer.ts';
import { addSignature } from '../add-signature.ts';
import { publishVersion } from '../publish-version.ts';
import { saveTrustRoot } from '../trust-roots.ts';

const SEED_DIR = path.resolve(import.meta.dirname, '../../../prisma/seed');
const SETTING = 'examples-loaded';
const ACTOR: Actor = { type: 'system', name: 'Example catalog' };
export const DEMONSTRATION_NAMESPACE = 'com.example';

/** Packages that ship with Hallmark instead of coming from npm: identifier to folder. */
export const SHIPPED_PACKAGES: ReadonlyMap<string, string> = new Map([
  ['@com.example/demonstrations', path.join(SEED_DIR, 'packages', 'demonstrations')],
]);

/** Bundles that do not verify are no part of a publication; they are added afterwards and shown as invalid. */
const BROKEN_BUNDLES = new Set(['demo-notes']);

/**
 * Publishes the example catalog once, into an empty catalog, the way every publication goes: manifests of real npm
 * servers, and demonstrations under `com.example` that show each signal. Returns how many servers it published; 0 when
 * the catalog has entries or the examples were loaded before.
 */
export async function loadExamples({
  onProgress,
  now = new Date(),
}: {
  onProgress: (text: string) => void;
  now?: Date;
}): Promise<number> {
  const [setting, servers] = await Promise.all([
    db().instanceSetting.findUnique({ where: { key: SETTING } }),
    db().server.count(),
  ]);
  const isInterrupted = (setting?.value as { state?: string } | undefined)?.state === 'loading';
  if (!isInterrupted && (setting || servers > 0)) return 0;
  const names = fs
    .readdirSync(path.join(SEED_DIR, 'servers'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
  onProgress(`Publishing ${names.length} example servers`);
  if (!isInterrupted) await createDemonstrationPublisher(now);
  for (const name of names) await publishExample(name);
  await db().instanceSetting.update({
    where: { key: SETTING },
    data: { value: { state: 'loaded', servers: names.length } },
  });
  return names.length;
}

async function publishExample(name: string): Promise<void> {
  const manifestBytes = new Uint8Array(fs.readFileSync(path.join(SEED_DIR, 'servers', `${name}.json`)));
  const bundleFile = path.join(SEED_DIR, 'bundles', `${name}.sigstore.json`);
  const bundle = fs.existsSync(bundleFile) ? JSON.parse(fs.readFileSync(bundleFile, 'utf8')) : undefined;
  const { name: serverName, version } = JSON.parse(Buffer.from(manifestBytes).toString('utf8'));
  // A start that was interrupted goes on with what is missing.
  if (await db().version.findUnique({ where: { serverName_version: { serverName, version } } })) return;
  const namespace = namespaceOf(serverName);
  const published = await publishVersion({
    manifestBytes,
    ...(bundle && !BROKEN_BUNDLES.has(name) ? { bundle } : {}),
    ...(namespace === DEMONSTRATION_NAMESPACE ? { declared: await declaredTools(name.replace(/^demo-/, '')) } : {}),
    grant: grantFor(ACTOR, [namespace]),
    origin: 'example',
  });
  if (bundle && BROKEN_BUNDLES.has(name)) {
    await addSignature({
      serverName: published.name,
      version: published.version,
      bundle,
      grant: grantFor(ACTOR, [namespace]),
    });
  }
}

/** The tools of a demonstration as its code has them, for machines on which nothing can be run. */
async function declaredTools(server: string) {
  const { default: demonstration } = await import(path.join(SEED_DIR, 'packages', 'demonstrations', `${server}.mjs`));
  return { tools: demonstration.tools, prompts: null, resources: null, resourceTemplates: null, instructions: null };
}

/** `com.example` is reserved for documentation (RFC 2606), so nobody can prove it: the proof says that it is a demonstration. */
async function createDemonstrationPublisher(now: Date): Promise<void> {
  const trustedRoot = JSON.parse(fs.readFileSync(path.join(SEED_DIR, 'bundles', 'trusted-root.json'), 'utf8'));
  await db().$transaction(async (tx) => {
    await tx.instanceSetting.create({ data: { key: SETTING, value: { state: 'loading' } } });
    await saveTrustRoot(
      {
        name: 'demonstration',
        kind: 'custom',
        json: trustedRoot,
        namespaces: [DEMONSTRATION_NAMESPACE],
        source: 'example catalog; its keys no longer exist',
      },
      tx,
    );
    const publisher = await tx.publisher.create({
      data: { slug: 'example', displayName: 'Example publisher (demonstration)', level: 'verified', createdAt: now },
    });
    await tx.namespace.create({
      data: {
        name: DEMONSTRATION_NAMESPACE,
        publisherId: publisher.id,
        proofKind: 'demonstration',
        proof: { by: 'the example catalog; a demonstration, not a proof' },
        isProven: true,
        provenAt: now,
      },
    });
    await tx.signerIdentity.create({
      data: { publisherId: publisher.id, identity: { ...DEMONSTRATION_SIGNER }, createdAt: now },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'publisher.created',
      actor: ACTOR,
      subject: { publisher: 'example' },
      now,
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'namespace.granted',
      actor: ACTOR,
      subject: { namespace: DEMONSTRATION_NAMESPACE, publisher: 'example' },
      now,
    });
  });
}
