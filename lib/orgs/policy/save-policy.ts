import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { PolicyMode } from '#lib/db/client/client.ts';
import { db, type Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueuePolicyWork } from '#lib/jobs/enqueue.ts';
import { parsePolicy } from '../allowlist/approve-version.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { lockMembers } from '../members/members.ts';
import { orgTransaction } from '../org-transaction.ts';
import { type OrgSettings, orgSettings } from '../settings.ts';
import { requirePolicy } from './check-policy.ts';
import { policyInForce } from './decide-version.ts';
import { enqueueOrgPolicyTasks } from './enqueue-policy-tasks.ts';
import type { ChosenTemplate } from './templates.ts';

export const MAX_COOL_DOWN_DAYS = 365;

export type PolicyDraft = {
  mode: PolicyMode;
  cedar: string;
  /** Templates that the text was made of. */
  templates: ChosenTemplate[];
  coolDownDays: number;
  toolPolicy: ToolPolicy;
  scope: OrgSettings['policyScope'];
};

/**
 * Saves the next version of the organization's policy and has it look at what waits and at what is approved. It takes nothing off
 * the list by itself: what it denies is shown on its page. Throws NOT_FOUND, FORBIDDEN, POLICY_INVALID, UNPROCESSABLE, and CONFLICT
 * when somebody saved another version since `basedOn`.
 */
export async function savePolicy({
  viewer,
  orgSlug,
  draft,
  note,
  basedOn,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  draft: PolicyDraft;
  /** Why, for the history. */
  note: string;
  /** The version that the person saw; 0 when there was none. */
  basedOn: number;
  now?: Date;
}): Promise<{ version: number; tasks: number }> {
  const org = requireOrg(viewer, orgSlug, 'policy.edit');
  requirePolicy(draft.cedar);
  const toolPolicy = parsePolicy(draft.toolPolicy);
  const why = requireNote(note);
  const { mode, cedar, templates, coolDownDays, scope } = draft;
  if (!Number.isInteger(coolDownDays) || coolDownDays < 0 || coolDownDays > MAX_COOL_DOWN_DAYS)
    throw new DomainError('UNPROCESSABLE', `Cool-down: a whole number of days from 0 to ${MAX_COOL_DOWN_DAYS}.`, {
      field: 'coolDownDays',
    });
  const saved = await orgTransaction(org.id, async (tx) => {
    const last = (await policyInForce(tx, org.id))?.version ?? 0;
    if (last !== basedOn)
      throw new DomainError(
        'CONFLICT',
        `Version ${last} was saved since you opened the page. Copy your text and reload.`,
      );
    const version = last + 1;
    await tx.orgPolicy.create({
      data: {
        orgId: org.id,
        version,
        mode,
        cedar,
        templates: templates as unknown as Prisma.InputJsonValue,
        coolDownDays,
        toolPolicy: toolPolicy as unknown as Prisma.InputJsonValue,
        note: why,
        createdById: viewer.id,
        createdAt: now,
      },
    });
    await setScope(tx, { orgId: org.id, scope });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'policy.saved',
      actor: actorOf(viewer),
      subject: { version },
      data: { mode, note: why, coolDownDays, scope },
      now,
    });
    const tasks = mode === 'off' ? 0 : await enqueueOrgPolicyTasks(tx, { orgId: org.id, now });
    return { version, tasks };
  });
  await enqueuePolicyWork();
  return saved;
}

/** Puts an older version in force again, as the newest one. Scope stays as it is now. Throws as `savePolicy` does. */
export async function restorePolicy({
  viewer,
  orgSlug,
  version,
  note,
  basedOn,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  version: number;
  note: string;
  basedOn: number;
  now?: Date;
}): Promise<{ version: number; tasks: number }> {
  const org = requireOrg(viewer, orgSlug, 'policy.edit');
  const [row, { settings }] = await Promise.all([
    db().orgPolicy.findUnique({ where: { orgId_version: { orgId: org.id, version } } }),
    db().org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } }),
  ]);
  if (!row) throw new DomainError('NOT_FOUND', `The policy has no version ${version}.`);
  const draft: PolicyDraft = {
    mode: row.mode,
    cedar: row.cedar,
    templates: row.templates as unknown as ChosenTemplate[],
    coolDownDays: row.coolDownDays,
    toolPolicy: row.toolPolicy as unknown as ToolPolicy,
    scope: orgSettings(settings).policyScope,
  };
  return savePolicy({ viewer, orgSlug, draft, note, basedOn, now });
}

function requireNote(note: string): string {
  const trimmed = note.trim();
  if (!trimmed || trimmed.length > 500)
    throw new DomainError(
      'UNPROCESSABLE',
      'Say in 1 to 500 characters why the policy changes. It stays in its history.',
      {
        field: 'note',
      },
    );
  return trimmed;
}

async function setScope(tx: Tx, { orgId, scope }: { orgId: string; scope: OrgSettings['policyScope'] }): Promise<void> {
  // Held as where settings change: neither of two at once writes back what the other has changed.
  await lockMembers(tx, orgId);
  const { settings } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } });
  if (orgSettings(settings).policyScope === scope) return;
  const kept = typeof settings === 'object' && settings !== null && !Array.isArray(settings) ? settings : {};
  await tx.org.update({ where: { id: orgId }, data: { settings: { ...kept, policyScope: scope } } });
}
