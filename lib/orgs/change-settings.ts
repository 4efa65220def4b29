import { appendEvent } from '#lib/audit/append-event.ts';
import { requireDisplayName } from '#lib/auth/slug.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { lockMembers } from './members/members.ts';
import { type OrgSettings, orgSettings, orgSettingsInput } from './settings.ts';

/** Name and settings, for owners. Throws FORBIDDEN, NOT_FOUND. */
export async function getOrgSettings({
  viewer,
  orgSlug,
}: {
  viewer: Viewer;
  orgSlug: string;
}): Promise<{ displayName: string; settings: OrgSettings }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const row = await db().org.findUniqueOrThrow({
    where: { id: org.id },
    select: { displayName: true, settings: true },
  });
  return { displayName: row.displayName, settings: orgSettings(row.settings) };
}

/**
 * Changes the settings that are given, and the name. What is already approved stays as it is. Throws FORBIDDEN, NOT_FOUND,
 * UNPROCESSABLE with the setting's name.
 */
export async function changeOrgSettings({
  viewer,
  orgSlug,
  displayName,
  settings,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  displayName?: string;
  settings: Partial<OrgSettings>;
  now?: Date;
}): Promise<{ changed: string[] }> {
  const org = requireOrg(viewer, orgSlug, 'org.manage');
  const name = displayName === undefined ? undefined : requireDisplayName(displayName, 'an organization');
  const parsed = orgSettingsInput.safeParse(settings);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DomainError('UNPROCESSABLE', `${issue.path.join(' → ')}: ${issue.message}.`);
  }
  return db().$transaction(async (tx) => {
    await lockMembers(tx, org.id);
    const row = await tx.org.findUniqueOrThrow({ where: { id: org.id } });
    const before: JsonObject = { ...orgSettings(row.settings), displayName: row.displayName };
    const after: JsonObject = {
      ...before,
      ...(parsed.data as JsonObject),
      ...(name === undefined ? {} : { displayName: name }),
    };
    const changed = Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
    if (changed.length === 0) return { changed };
    const { displayName: newName, ...stored } = after;
    await tx.org.update({ where: { id: org.id }, data: { settings: stored, displayName: newName as string } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'org.settings-changed',
      actor: actorOf(viewer),
      subject: { org: orgSlug },
      data: {
        changes: changed
          .map((key) => `${key} ${JSON.stringify(before[key])} → ${JSON.stringify(after[key])}`)
          .join(', '),
      },
      now,
    });
    return { changed };
  });
}
