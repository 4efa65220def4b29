import type { OrgState } from '#lib/orgs/allowlist/get-org-states.ts';
import type { RequestPage } from '#lib/orgs/requests/get-request.ts';

const DAY_MS = 86_400_000;

type Choice = { name: string; isSelectable: boolean; isAccused: boolean };

/**
 * What stands in the form before the reviewer touches it. A person's request brings what was asked for; one that Hallmark opened
 * about an entry keeps the entry's tools and terms, so that approving it as it stands gives nobody more than before. What is accused
 * is ticked by hand.
 */
export function presetOf({
  request,
  state,
  choices,
  now,
}: {
  request: Pick<RequestPage, 'kind' | 'toolPolicy' | 'until' | 'versionRule' | 'pinned' | 'entry'>;
  state: Pick<OrgState, 'allowedTools' | 'askedTools' | 'terms' | 'choices'>;
  choices: readonly Choice[];
  now: Date;
}) {
  const selectable = choices.filter(({ isSelectable }) => isSelectable);
  const allowed = new Set(state.allowedTools ?? []);
  const wanted = new Set(wantedTools(request, selectable));
  const isNew = !request.entry || request.entry.state === 'revoked' || request.entry.state === 'expired';
  return {
    tools: selectable
      .filter((one) => allowed.has(one.name) || (wanted.has(one.name) && !one.isAccused))
      .map(({ name }) => name),
    asked: [
      ...new Set([
        ...state.askedTools,
        ...(request.pinned ?? []).filter(({ name, ask }) => ask && !allowed.has(name)).map(({ name }) => name),
      ]),
    ],
    terms: termsOf({ request, state, isNew, now }),
    isNew,
  };
}

type Asked = Parameters<typeof presetOf>[0];

function wantedTools({ kind, toolPolicy, pinned }: Asked['request'], selectable: readonly Choice[]): string[] {
  if (toolPolicy) return Object.keys(toolPolicy.rules);
  if (kind !== 'person' && pinned) return pinned.map(({ name }) => name);
  return selectable.map(({ name }) => name);
}

function termsOf({
  request: { kind, until, versionRule },
  state: { terms, choices },
  isNew,
  now,
}: Pick<Asked, 'request' | 'state' | 'now'> & { isNew: boolean }) {
  if (isNew || !terms)
    return { environments: [], credentialMode: null, conditions: '', ...terms, expiresAt: until, versionRule };
  if (kind === 'person') {
    const isLonger = terms.expiresAt !== null && (until === null || until > terms.expiresAt);
    return isLonger ? { ...terms, expiresAt: until } : terms;
  }
  if (kind !== 'expiry') return terms;
  const days = choices.defaultApprovalDays;
  return { ...terms, expiresAt: days === null ? null : new Date(now.getTime() + days * DAY_MS).toISOString() };
}
