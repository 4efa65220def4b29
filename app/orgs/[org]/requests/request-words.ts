import type { PolicyOutcome, RequestKind, RequestState } from '#lib/db/client/client.ts';
import type { RequestView } from '#lib/orgs/requests/list-requests.ts';

export const KIND_WORDS: Record<RequestKind, string> = {
  person: 'Request',
  new_version: 'New version',
  drift: 'Changed',
  expiry: 'Ends soon',
};

export const STATE_WORDS: Record<RequestState, string> = {
  open: 'waits for a reviewer',
  asked: 'waits for an answer',
  approved: 'approved',
  denied: 'denied',
  withdrawn: 'withdrawn',
  superseded: 'no longer needed',
};

export const VERDICT_WORDS: Record<PolicyOutcome, string> = {
  approve: 'would approve',
  deny: 'denies',
  review: 'leaves it to a person',
};

export const VIEW_WORDS: Record<RequestView, { label: string; nothing: string }> = {
  open: { label: 'For reviewers', nothing: 'Nothing waits for a reviewer.' },
  asked: { label: 'For the requester', nothing: 'Nothing waits for an answer.' },
  mine: { label: 'Yours', nothing: 'You asked for nothing. Do so under Approval on the page of a server.' },
  decided: { label: 'Decided', nothing: 'Nothing was decided yet.' },
};
