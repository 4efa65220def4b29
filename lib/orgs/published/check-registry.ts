import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import {
  type CheckAsk,
  type CheckedClient,
  type ClientCheck,
  checkAsk,
  checkClient,
} from '#lib/exports/client-checks/index.ts';
import { limitConcurrency } from '#lib/http/limit-concurrency.ts';
import { registryAddress } from './addresses.ts';
import type { Part } from './narrowing.ts';

/** Each check is a dozen requests to ourselves through the proxy. */
const oneOfFew = limitConcurrency(3);

/**
 * Plays a client against the organization's view over the public address, as the client would reach it. The address comes
 * from the configuration, never from the person. Throws NOT_FOUND, FORBIDDEN, BUSY.
 */
export async function checkRegistry({
  viewer,
  orgSlug,
  client,
  part,
  ask = checkAsk,
}: {
  viewer: Viewer;
  orgSlug: string;
  client: CheckedClient;
  part: Part;
  ask?: CheckAsk;
}): Promise<ClientCheck> {
  const org = requireOrg(viewer, orgSlug, 'exports.read');
  const { viewKey } = await db().org.findUniqueOrThrow({ where: { id: org.id }, select: { viewKey: true } });
  return oneOfFew(() => checkClient({ client, baseUrl: registryAddress(org.slug, viewKey, part), ask }));
}
