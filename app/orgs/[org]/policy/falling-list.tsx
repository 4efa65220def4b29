import type { FallingRow } from '#lib/orgs/policy/get-policy-page.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { orgPath } from '../../../paths.ts';
import { askForReviews } from './actions.ts';

/** What is approved and the policy denies. It stays approved until somebody decides. */
export function FallingList({ rows, slug, canDecide }: { rows: FallingRow[]; slug: string; canDecide: boolean }) {
  if (rows.length === 0) return null;
  const isOpen = rows.some(({ isWaiting }) => !isWaiting);
  return (
    <Section id="falling" title="Approved, and denied by this policy" aside="The policy takes nothing off by itself">
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <li key={row.decisionId} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
            <span className="min-w-0">
              <span className="break-words font-mono">
                {row.serverName} {row.version}
              </span>
              <span className="block text-ink-3">
                <HostileText>{row.reason}</HostileText>
              </span>
            </span>
            <span className="text-ink-3">
              {row.isWaiting && 'waits for a review · '}
              <PendingLink href={orgPath(slug, `policy/decisions/${row.decisionId}`)} className="link">
                Why
              </PendingLink>
            </span>
          </li>
        ))}
      </ul>
      {canDecide && isOpen && (
        <ActionForm action={askForReviews} label="Reviews" className="mt-3">
          <input type="hidden" name="org" value={slug} />
          <SubmitButton pendingText="Asking" isQuiet>
            Ask for reviews of these
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      )}
    </Section>
  );
}
