import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { ChainPoint } from './chain.ts';
import { type EventFilter, type EventList, listEvents } from './list-events.ts';
import { chainHead } from './read-chain.ts';
import { type ChainState, lastChainState, verifyChain } from './verify-chain.ts';

export type OrgAudit = EventList & {
  /** To note down: an export that holds it was not cut before it. */
  head: ChainPoint;
  /** What the last verification found; null before the first. */
  state: ChainState | null;
};

/** The audit page of an organization. Throws FORBIDDEN, NOT_FOUND. */
export async function getOrgAudit({
  viewer,
  orgSlug,
  filter,
}: {
  viewer: Viewer;
  orgSlug: string;
  filter: EventFilter;
}): Promise<OrgAudit> {
  const { id: chain } = requireOrg(viewer, orgSlug, 'audit.read');
  const [list, head, state] = await Promise.all([
    listEvents({ chain, filter }),
    chainHead(chain),
    lastChainState(chain),
  ]);
  return { ...list, head, state };
}

/** Verifies an organization's chain now. Throws FORBIDDEN, NOT_FOUND. */
export async function verifyOrgChain({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<ChainState> {
  return verifyChain(requireOrg(viewer, orgSlug, 'audit.read').id, { now });
}
