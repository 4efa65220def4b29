import { mayInOrg, type OrgRole, type Viewer } from '#lib/auth/viewer.ts';
import type { EntryState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import { orgSettings } from '../settings.ts';
import { deniesVersion } from './denials.ts';
import type { ToolDecision, ToolPolicy } from './tool-policy.ts';
import { ruleKeeps, type VersionRule, versionRuleOf } from './version-rule.ts';

export type OrgState = {
  orgSlug: string;
  displayName: string;
  role: OrgRole;
  canDecide: boolean;
  /** `denied` and `lockdown` win over what was decided about the version; `overtaken`: a newer approved version counts instead. */
  state: EntryState | 'absent' | 'denied' | 'lockdown' | 'overtaken';
  /** Why it is suspended, revoked, denied or locked down. */
  why: string | null;
  /** Names, when approved; those that need a person's word among them. */
  allowedTools: string[] | null;
  askedTools: string[];
  /** Rules of its policy that name no single allowed tool: patterns, and what is denied. */
  rules: [string, ToolDecision][];
  /** Of the entry, as far as there is one. */
  terms: {
    expiresAt: string | null;
    environments: string[];
    credentialMode: 'shared' | 'personal' | null;
    conditions: string;
    versionRule: VersionRule;
  } | null;
  /** What a reviewer can choose from. */
  choices: { environments: string[]; defaultApprovalDays: number | null };
};

/** What each of the viewer's organizations says about one version. */
export async function getOrgStates({
  viewer,
  serverName,
  version,
  now = new Date(),
}: {
  viewer: Viewer;
  serverName: string;
  version: string;
  now?: Date;
}): Promise<OrgState[]> {
  const orgIds = viewer.orgs.map(({ id }) => id);
  const [orgs, entries, denials] = await Promise.all([
    db().org.findMany({
      where: { id: { in: orgIds } },
      select: { id: true, settings: true, feed: { select: { mode: true, lockdownReason: true } } },
    }),
    db().allowlistEntry.findMany({
      where: { orgId: { in: orgIds }, server: { name: serverName } },
      select: {
        orgId: true,
        versionRule: true,
        expiresAt: true,
        environments: true,
        credentialMode: true,
        conditions: true,
        versions: {
          where: { OR: [{ state: 'approved' }, { version: { version } }] },
          select: {
            state: true,
            revokedReason: true,
            toolPolicy: true,
            feedEntry: true,
            version: { select: { version: true, publishedAt: true } },
          },
        },
      },
    }),
    db().denyEntry.findMany({
      where: { orgId: { in: orgIds }, liftedAt: null, target: { in: [serverName, namespaceOf(serverName)] } },
      select: { orgId: true, kind: true, target: true, version: true, reason: true },
    }),
  ]);
  return viewer.orgs.map(({ id, slug, displayName, role }) => {
    const org = orgs.find((one) => one.id === id);
    const entry = entries.find((one) => one.orgId === id);
    const row = entry?.versions.find((one) => one.version.version === version);
    const denial = denials.find((one) => one.orgId === id && deniesVersion(one, { serverName, version }));
    const settings = orgSettings(org?.settings);
    const tools =
      row?.state === 'approved' ? (row.feedEntry as unknown as FeedServerVersion).tools.allow : ([] as never[]);
    const isOver = entry?.expiresAt != null && entry.expiresAt <= now;
    return {
      orgSlug: slug,
      displayName,
      role,
      canDecide: mayInOrg(role, 'allowlist.decide'),
      ...stateOf(),
      allowedTools: row?.state === 'approved' ? tools.map(({ name }) => name) : null,
      askedTools: tools.filter(({ ask }) => ask).map(({ name }) => name),
      rules:
        row?.state === 'approved'
          ? Object.entries((row.toolPolicy as ToolPolicy).rules).filter(
              ([rule, decision]) => decision === 'deny' || !tools.some(({ name }) => name === rule),
            )
          : [],
      terms: entry
        ? {
            expiresAt: isOver ? null : (entry.expiresAt?.toISOString() ?? null),
            environments: entry.environments,
            credentialMode: entry.credentialMode,
            conditions: entry.conditions,
            versionRule: versionRuleOf(entry.versionRule),
          }
        : null,
      choices: { environments: settings.environments, defaultApprovalDays: settings.defaultApprovalDays },
    };

    function stateOf(): Pick<OrgState, 'state' | 'why'> {
      if (org?.feed?.mode === 'lockdown') return { state: 'lockdown', why: org.feed.lockdownReason };
      if (denial) return { state: 'denied', why: denial.reason };
      if (!row || !entry) return { state: 'absent', why: null };
      if (row.state !== 'approved') return { state: row.state, why: row.revokedReason };
      if (isOver) return { state: 'expired', why: null };
      const approved = entry.versions.filter(({ state }) => state === 'approved').map((one) => one.version);
      const kept = ruleKeeps(versionRuleOf(entry.versionRule), approved);
      return { state: kept.some((one) => one.version === version) ? 'approved' : 'overtaken', why: null };
    }
  });
}
