import { appendEvent } from '#lib/audit/append-event.ts';
import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueTrustRootWork } from '#lib/jobs/enqueue-trust-roots.ts';
import { type Outbound, outbound as processOutbound } from '#lib/outbound/index.ts';
import { fetchTrustedRoot } from '#lib/signing/fetch-trusted-root.ts';
import {
  PUBLIC_GOOD_NAME,
  publicGoodTuf,
  SigningError,
  TRUSTED_ROOT_MAX_BYTES,
  type TrustRoot,
} from '#lib/signing/index.ts';
import { pickTrustedRoot } from './pick-trusted-root.ts';
import { FILE_SOURCE, saveTrustRoot, shippedRootSha256, type TufState } from './trust-roots.ts';

export type NewTrustRoot = {
  name: string;
  kind: TrustRoot['kind'];
  /** A `trusted_root.json`; may be left out with `tufMirror`. Of the several of `gh attestation trusted-root`, GitHub's is taken. */
  trustedRootText?: string;
  thresholds?: TrustRoot['thresholds'];
  /** Counts only for manifests of these; absent or empty: for every namespace. */
  namespaces?: string[];
  /** TUF repository that keeps the root current, and the `root.json` to start from (public-good has its own). */
  tufMirror?: string;
  tufRootText?: string;
};

/**
 * Adds a trust root, or replaces the one of the same name. With a TUF repository the root is fetched right away; when
 * that fails, a root that was handed in is taken for now. Signatures are verified again by a worker.
 * Throws FORBIDDEN, UNPROCESSABLE, CONFLICT (the configuration has one of this name), UPSTREAM_FAILED.
 */
export async function addTrustRoot({
  viewer,
  outbound = processOutbound(),
  now = new Date(),
  ...input
}: NewTrustRoot & { viewer: Viewer; outbound?: Outbound; now?: Date }): Promise<void> {
  requireAdmin(viewer);
  const existing = await db().trustRoot.findUnique({ where: { name: input.name }, select: { source: true } });
  if (existing?.source.startsWith(FILE_SOURCE)) {
    throw new DomainError(
      'CONFLICT',
      `The root ${input.name} comes from ${existing.source}, which HALLMARK_TRUST_ROOTS names: change it there.`,
    );
  }
  const { text, tuf } = await contentOf(input, { outbound, now });
  await db().$transaction(async (tx) => {
    await saveTrustRoot(
      {
        name: input.name,
        kind: input.kind,
        json: text,
        ...(input.thresholds && { thresholds: input.thresholds }),
        ...(input.namespaces && input.namespaces.length > 0 && { namespaces: input.namespaces }),
        source: tuf ? `TUF repository ${tuf.mirror}` : `uploaded by ${viewer.name}`,
        tuf,
        now,
      },
      tx,
    ).catch(asDomainError);
    const data = { kind: input.kind, tufMirror: tuf?.mirror ?? null, replaced: existing !== null };
    const event = { orgId: null, actor: actorOf(viewer), subject: { root: input.name }, data, now };
    await appendEvent(tx, { ...event, kind: 'trust-root.added' });
  });
  await enqueueTrustRootWork();
}

type Content = { text: string; tuf: { mirror: string; state: TufState } | null };

async function contentOf(input: NewTrustRoot, { outbound, now }: { outbound: Outbound; now: Date }): Promise<Content> {
  const { kind, trustedRootText, tufMirror } = input;
  const given = trustedRootText?.trim() ? pickTrustedRoot(trustedRootText, kind) : null;
  if (tufMirror === undefined) {
    if (given === null) throw unprocessable('Hand in a trusted_root.json, or the address of a TUF repository.');
    return { text: given, tuf: null };
  }
  if (!URL.canParse(tufMirror) || !/^https?:$/.test(new URL(tufMirror).protocol)) {
    throw unprocessable('The address of the TUF repository must be an http or https URL.');
  }
  const rootText = input.tufRootText ?? (kind === 'public-good' ? publicGoodTuf().rootText : undefined);
  if (!rootText) throw unprocessable('A TUF repository needs the root.json that trust starts from.');
  if (rootText.length > TRUSTED_ROOT_MAX_BYTES) throw unprocessable('The root.json is larger than 1024 KiB.');

  const mirror = tufMirror.replace(/\/+$/, '');
  const answer = await fetchTrustedRoot({ mirror, files: { 'root.json': rootText }, outbound, now });
  const state = {
    files: answer.files,
    ...(input.name === PUBLIC_GOOD_NAME && { shippedSha256: shippedRootSha256() }),
  };
  if (answer.ok) return { text: answer.text, tuf: { mirror, state } };
  if (given === null) throw new DomainError('UPSTREAM_FAILED', answer.message, { refresh: answer.code });
  return { text: given, tuf: { mirror, state } };
}

function asDomainError(error: unknown): never {
  if (error instanceof SigningError) throw unprocessable(error.message);
  throw error;
}

const unprocessable = (message: string) => new DomainError('UNPROCESSABLE', message);
