import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { environmentName, type OrgSettings } from '../settings.ts';
import { type ToolPolicy, toolPolicySchema } from './tool-policy.ts';
import { ruleAdmits, sayVersionRule, type VersionRule, versionRuleOf, versionRuleSchema } from './version-rule.ts';

/** What holds for an entry as a whole. What is not given stays as it is; null takes it away. */
export type EntryTerms = {
  versionRule?: VersionRule;
  /** For versions that the rule brings without a person. */
  toolPolicy?: ToolPolicy | null;
  expiresAt?: Date | null;
  credentialMode?: 'shared' | 'personal' | null;
  /** Environments that may use it; an empty list means every one. */
  environments?: string[];
  /** What is asked of those who use it, in words. */
  conditions?: string;
  ownerId?: string | null;
  requestId?: string | null;
};

const MAX_CONDITIONS = 2_000;

const termsSchema = z.object({
  versionRule: versionRuleSchema.optional(),
  toolPolicy: toolPolicySchema.nullish(),
  expiresAt: z.date().nullish(),
  credentialMode: z.enum(['shared', 'personal']).nullish(),
  environments: z.array(environmentName).max(50).optional(),
  conditions: z.string().trim().max(MAX_CONDITIONS, `have at most ${MAX_CONDITIONS} characters`).optional(),
  ownerId: z.string().nullish(),
  requestId: z.string().nullish(),
}) satisfies z.ZodType<EntryTerms>;

const WORDS: Record<string, string> = {
  versionRule: 'Versions',
  toolPolicy: 'Tool policy',
  expiresAt: 'Until',
  credentialMode: 'Credentials',
  environments: 'Environments',
  conditions: 'Conditions',
};

/**
 * Terms that can be kept: well formed, an end in the future, environments that the organization named, an owner who belongs to it, and
 * a range that has the version it is approved with. Throws UNPROCESSABLE; writes nothing.
 */
export async function checkTerms(
  tx: Tx,
  {
    orgId,
    terms,
    version,
    settings,
    now,
  }: { orgId: string; terms: EntryTerms; version: string | null; settings: OrgSettings; now: Date },
): Promise<EntryTerms> {
  const parsed = termsSchema.safeParse(terms);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const field = String(issue.path[0] ?? '');
    throw new DomainError('UNPROCESSABLE', `${WORDS[field] ?? 'Terms'}: ${issue.message}.`, { field });
  }
  const { versionRule, expiresAt, environments, ownerId } = parsed.data;
  if (expiresAt && expiresAt <= now)
    throw new DomainError('UNPROCESSABLE', 'Until: name a time that is yet to come.', { field: 'expiresAt' });
  const unknown = environments?.find(
    (name) => settings.environments.length > 0 && !settings.environments.includes(name),
  );
  if (unknown !== undefined) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Environments: the organization knows ${settings.environments.join(', ')}, and not "${unknown}". Owners add one under Settings.`,
      { field: 'environments' },
    );
  }
  if (versionRule?.kind === 'range' && version !== null && !ruleAdmits(versionRule, version)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Versions: ${version} is not in ${versionRule.range}. Choose a range that has it, or only this version.`,
      { field: 'versionRule' },
    );
  }
  if (ownerId && !(await tx.orgMember.findUnique({ where: { orgId_userId: { orgId, userId: ownerId } } })))
    throw new DomainError('UNPROCESSABLE', 'The owner of an entry is a member of the organization.', {
      field: 'ownerId',
    });
  return {
    ...parsed.data,
    ...(environments ? { environments: [...new Set(environments)].sort() } : {}),
  };
}

/** The columns of terms. A new end is reminded of anew. */
export const termColumns = ({ versionRule, toolPolicy, ...terms }: EntryTerms) => ({
  ...terms,
  ...(terms.expiresAt === undefined ? {} : { remindedAt: null }),
  ...(versionRule === undefined ? {} : { versionRule: versionRule as unknown as Prisma.InputJsonValue }),
  ...(toolPolicy === undefined
    ? {}
    : { toolPolicy: toolPolicy === null ? Prisma.DbNull : (toolPolicy as unknown as Prisma.InputJsonValue) }),
});

/** What these terms change of an entry, a sentence each; nothing of what is so already. */
export function sayTerms(
  terms: EntryTerms,
  entry: {
    expiresAt: Date | null;
    credentialMode: string | null;
    environments: string[];
    conditions: string;
    ownerId: string | null;
    versionRule: unknown;
    toolPolicy: unknown;
  },
): string[] {
  const { expiresAt, credentialMode, environments, conditions, ownerId, versionRule, toolPolicy } = terms;
  const changes: string[] = [];
  if (expiresAt !== undefined && expiresAt?.getTime() !== entry.expiresAt?.getTime())
    changes.push(expiresAt === null ? 'Without end' : `Until ${expiresAt.toISOString()}`);
  if (versionRule !== undefined && !isSame(versionRule, versionRuleOf(entry.versionRule)))
    changes.push(`Versions: ${sayVersionRule(versionRule)}`);
  if (toolPolicy !== undefined && !isSame(toolPolicy, entry.toolPolicy)) changes.push('Tools of versions to come');
  if (environments !== undefined && !isSame(environments, entry.environments))
    changes.push(`Environments: ${environments.join(', ') || 'every one'}`);
  if (credentialMode !== undefined && credentialMode !== entry.credentialMode)
    changes.push(`Credentials: ${credentialMode ?? 'not said'}`);
  if (conditions !== undefined && conditions !== entry.conditions)
    changes.push(conditions === '' ? 'No conditions' : `Conditions: ${conditions}`);
  if (ownerId !== undefined && ownerId !== entry.ownerId) changes.push(ownerId === null ? 'No owner' : 'Another owner');
  return changes;
}

const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a ?? null, b ?? null);
