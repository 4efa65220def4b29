import type { OrgRole } from '#lib/auth/viewer.ts';

/** The roles in the order of a form, each with what it means. */
export const ROLES: readonly OrgRole[] = ['requester', 'reviewer', 'auditor', 'owner'];

export const ROLE_WORDS: Record<OrgRole, { label: string; text: string }> = {
  requester: { label: 'Requester', text: 'Sees the allowlist and asks for servers.' },
  reviewer: { label: 'Reviewer', text: 'Decides: approves, revokes, suspends, denies; looks after teams and agents.' },
  auditor: { label: 'Auditor', text: 'Reads everything, changes nothing.' },
  owner: { label: 'Owner', text: 'All that, and members, policy, keys, webhooks and settings.' },
};

export const ROLE_OPTIONS = ROLES.map((role) => [role, ROLE_WORDS[role].label] as const);
