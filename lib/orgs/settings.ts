import { z } from 'zod';

/** Which change of an approved version takes it off the list at once: none, new accusations, also what it can do and where it comes from, or any. */
export const SUSPEND_ON_DRIFT = ['never', 'accusation', 'permissions', 'any'] as const;

/** Name of an environment, as gateways are started with it. */
export const environmentName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'is 1 to 40 lower-case letters, digits and hyphens');

/** What owners set for their organization. A stored value that is missing or no longer valid is the default. */
export const orgSettingsSchema = z.object({
  suspendOnDrift: z.enum(SUSPEND_ON_DRIFT).default('accusation').catch('accusation'),
  /** Days until a request is overdue. */
  reviewDays: z.int().min(1).max(90).default(5).catch(5),
  /** Days that an approval lasts when the reviewer names no end; null: without end. */
  defaultApprovalDays: z.int().min(1).max(3650).nullable().default(null).catch(null),
  /** Environments that an entry may be locked to. */
  environments: z.array(environmentName).max(50).default([]).catch([]),
  /** Whether the policy looks at every version of the catalog, or at those that somebody asked for. */
  policyScope: z.enum(['requested', 'catalog']).default('requested').catch('requested'),
  /** Null: events are kept for ever. */
  auditRetentionDays: z.int().min(30).max(36_500).nullable().default(null).catch(null),
  /** Whether a tool that needs a person's word is refused where nobody can be asked. */
  askAsDeny: z.boolean().default(false).catch(false),
  /** Whether somebody else has to approve what a reviewer asked for. */
  fourEyes: z.boolean().default(false).catch(false),
  /** Days that an export for offline use is valid. */
  airgapDays: z.int().min(1).max(365).default(30).catch(30),
});

export type OrgSettings = z.output<typeof orgSettingsSchema>;

/** The settings in `Org.settings`. Never throws: what is not understood is the default. */
export function orgSettings(json: unknown): OrgSettings {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return orgSettingsSchema.parse(isObject ? json : {});
}
