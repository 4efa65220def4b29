import type { EventKind } from '#lib/audit/events.ts';

/** Who hears of an event by mail: people of a role, who asked for it, or who answers for the entry. */
type Hears = 'owners' | 'reviewers' | 'requester' | 'entry-owner';

export type MailedPart = 'requests' | 'allowlist' | 'webhooks' | 'feed' | 'audit';

/** `part`: the part of the console that the mail's link opens; for requests and entries, the one that it is about. */
type Mailed = { to: readonly Hears[]; part: MailedPart };

const DECIDERS = ['owners', 'reviewers'] as const;
const KEYS: Mailed = { to: ['owners'], part: 'feed' };
const ENTRY: Mailed = { to: ['entry-owner', ...DECIDERS], part: 'allowlist' };

/** Every kind of event that is mailed. Everything else is for the console and webhooks. */
export const MAILED_KINDS: { readonly [kind in EventKind]?: Mailed } = {
  'request.opened': { to: DECIDERS, part: 'requests' },
  'request.answered': { to: DECIDERS, part: 'requests' },
  'request.overdue': { to: DECIDERS, part: 'requests' },
  'request.asked': { to: ['requester'], part: 'requests' },
  'request.approved': { to: ['requester'], part: 'requests' },
  'request.denied': { to: ['requester'], part: 'requests' },
  'allowlist.expiring': ENTRY,
  'allowlist.expired': ENTRY,
  'allowlist.suspended': ENTRY,
  'allowlist.drift': ENTRY,
  'allowlist.finding': ENTRY,
  'lockdown.started': { to: DECIDERS, part: 'allowlist' },
  'lockdown.ended': { to: DECIDERS, part: 'allowlist' },
  'webhook.disabled': { to: ['owners'], part: 'webhooks' },
  'feed.root-expiring': KEYS,
  'feed.key-compromised': KEYS,
  'feed.key-exported': KEYS,
  'feed.recovered': KEYS,
  'feed.serial-jumped': KEYS,
  'audit.break-found': { to: ['owners'], part: 'audit' },
};
