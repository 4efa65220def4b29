'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import {
  archiveAgentGroup,
  createAgentGroup,
  removeAgentGroupServer,
  setAgentGroupReadOnly,
  setAgentGroupServer,
} from '#lib/orgs/agent-groups/agent-groups.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import {
  addTeamMember,
  archiveTeam,
  createTeam,
  removeTeamMember,
  removeTeamServer,
  setTeamServer,
} from '#lib/orgs/teams/teams.ts';
import type { ActionState } from '../../../forms/action-state.ts';
import { runAction } from '../../../forms/run-action.ts';

const text = z.string().trim();
const org = { orgSlug: text };
const team = { ...org, teamSlug: text };
const group = { ...org, groupSlug: text };
const naming = { ...org, slug: text, displayName: text };

/** One tool or pattern a line; empty for all that the organization allows. */
const tools = z
  .string()
  .max(50_000, 'Up to 50,000 characters.')
  .default('')
  .transform((value): ToolPolicy | null => {
    const names = value
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    return names.length === 0
      ? null
      : { default: 'deny', rules: Object.fromEntries(names.map((name) => [name, 'allow' as const])) };
  });

async function published(work: Promise<{ serial: number }>): Promise<{ message: string }> {
  const { serial } = await work;
  revalidatePath('/orgs', 'layout');
  return { message: `Saved. The feed is at serial ${serial}.` };
}

export async function addTeam(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(naming), (input, viewer) => published(createTeam({ viewer, ...input })));
}

export async function endTeam(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(team), (input, viewer) => published(archiveTeam({ viewer, ...input })));
}

export async function joinTeam(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...team, userId: text }), async (input, viewer) => {
    await addTeamMember({ viewer, ...input });
    revalidatePath('/orgs', 'layout');
    return { message: 'Added.' };
  });
}

export async function leaveTeam(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...team, userId: text }), async (input, viewer) => {
    await removeTeamMember({ viewer, ...input });
    revalidatePath('/orgs', 'layout');
    return { message: 'Removed.' };
  });
}

export async function saveTeamServer(_: ActionState, form: FormData): Promise<ActionState> {
  const fields = z.object({ ...team, serverName: text, tools, reason: text });
  return runAction(form, fields, ({ tools: toolPolicy, ...input }, viewer) =>
    published(setTeamServer({ viewer, ...input, toolPolicy })),
  );
}

export async function dropTeamServer(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...team, serverName: text }), (input, viewer) =>
    published(removeTeamServer({ viewer, ...input })),
  );
}

const ticked = z
  .string()
  .optional()
  .transform((value) => value !== undefined);

export async function addGroup(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...naming, readOnly: ticked }), (input, viewer) =>
    published(createAgentGroup({ viewer, ...input })),
  );
}

export async function saveGroup(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...group, readOnly: ticked }), (input, viewer) =>
    published(setAgentGroupReadOnly({ viewer, ...input })),
  );
}

export async function endGroup(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object(group), (input, viewer) => published(archiveAgentGroup({ viewer, ...input })));
}

export async function saveGroupServer(_: ActionState, form: FormData): Promise<ActionState> {
  const fields = z.object({ ...group, serverName: text, tools, readOnly: ticked });
  return runAction(form, fields, ({ tools: toolPolicy, ...input }, viewer) =>
    published(setAgentGroupServer({ viewer, ...input, toolPolicy })),
  );
}

export async function dropGroupServer(_: ActionState, form: FormData): Promise<ActionState> {
  return runAction(form, z.object({ ...group, serverName: text }), (input, viewer) =>
    published(removeAgentGroupServer({ viewer, ...input })),
  );
}
