import { z } from 'zod';

/** Which change of an approved version takes it off the list at once: none, new accusations, also what it can do and where it comes from, or any. */
export const SUSPEND_ON_DRIFT = ['never', 'accusation', 'permissions', 'any'] as const;

/** Name of an environment, as gateways are started with it. */
export const environmentName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'is 1 to 40 lower-case letters, digits and hyphens');

/** What owners set for their organization. */
const fields = {
  suspendOnDrift: z.enum(SUSPEND_ON_DRIFT),
  /** Days until a request is overdue. */
  reviewDays: z.int().min(1).max(90),
  /** Whether somebody else has to approve what a reviewer asked for. */
  fourEyes: z.boolean(),
  /** Days that an approval lasts when the reviewer names no end; null: without end. */
  defaultApprovalDays: z.int().min(1).max(3650).nullable(),
  /** Environments that an entry may be locked to. */
  environments: z.array(environmentName).max(50),
  /** Whether the policy looks at every version of the catalog, or at those that somebody asked for. */
  policyScope: z.enum(['requested', 'catalog']),
  /** Null: events are kept for ever. */
  auditRetentionDays: z.int().min(30).max(36_500).nullable(),
  /** Whether a tool that needs a person's word is refused where nobody can be asked. */
  askAsDeny: z.boolean(),
  /** Days that an export for offline use is valid. */
  airgapDays: z.int().min(1).max(365),
};

/** Some of the settings, as an owner gives them. */
export const orgSettingsInput = z.strictObject(fields).partial();

export type OrgSettings = z.output<z.ZodObject<typeof fields>>;

export const DEFAULT_ORG_SETTINGS: OrgSettings = {
  suspendOnDrift: 'accusation',
  reviewDays: 5,
  fourEyes: false,
  defaultApprovalDays: null,
  environments: [],
  policyScope: 'requested',
  auditRetentionDays: null,
  askAsDeny: false,
  airgapDays: 30,
};

/** The settings in `Org.settings`. Never throws: what is missing or not understood is the default. */
export function orgSettings(json: unknown): OrgSettings {
  const given =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};
  const settings: Record<string, unknown> = { ...DEFAULT_ORG_SETTINGS };
  for (const [name, field] of Object.entries(fields)) {
    const parsed = field.safeParse(given[name]);
    if (parsed.success) settings[name] = parsed.data;
  }
  return settings as OrgSettings;
}
