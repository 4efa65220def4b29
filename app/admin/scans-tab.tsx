import type { Viewer } from '#lib/auth/viewer.ts';
import { listDisputes } from '#lib/scans/answers/index.ts';
import { CHANGES_A_PAGE, getRescanStatus, listRescanChanges } from '#lib/scans/rescan/index.ts';
import { PageLinks } from '../components/page-links.tsx';
import { RefreshWhile } from '../components/refresh-while.tsx';
import { Section } from '../components/section.tsx';
import { parsePage } from '../paths.ts';
import { adminPath, type Search } from './admin-tabs.ts';
import { DisputeCard } from './dispute-card.tsx';
import { RescanChanges } from './rescan-changes.tsx';
import { RescanProgress } from './rescan-progress.tsx';

/** Disputes that wait for a decision, and how far the catalog is scanned with the newest rules. */
export async function ScansTab({ viewer, search }: { viewer: Viewer; search: Search }) {
  const page = parsePage(search.page);
  const [disputes, status] = await Promise.all([listDisputes(viewer), getRescanStatus()]);
  const [newest, ...older] = status.rescans;
  const { changes, total } = newest
    ? await listRescanChanges({ rulesetVersion: newest.rulesetVersion, page })
    : { changes: [], total: 0 };
  return (
    <div className="max-w-4xl">
      <RefreshWhile isOn={newest !== undefined && newest.finishedAt === null} />
      <Section id="disputes" title="Disputes" aside="Publishers and organizations that say a finding is wrong">
        {disputes.length === 0 ? (
          <p className="text-ink-3">None waits for a decision.</p>
        ) : (
          <ul className="grid gap-4">
            {disputes.map((dispute) => (
              <li key={`${dispute.serverName}${dispute.fingerprint}${dispute.by}`}>
                <DisputeCard dispute={dispute} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="rescan" title="Scan of the catalog" aside="Workers scan it again when the rules are newer">
        <RescanProgress status={status} />
      </Section>
      {newest && (
        <Section
          id="changes"
          title="Grades and accusations that changed"
          aside={
            <>
              with ruleset <code>{newest.rulesetVersion}</code>
            </>
          }
        >
          {total === 0 ? (
            <p className="text-ink-3">{newest.finishedAt ? 'None.' : 'None so far.'}</p>
          ) : (
            <RescanChanges changes={changes} />
          )}
          <PageLinks
            page={page}
            last={Math.ceil(total / CHANGES_A_PAGE)}
            href={(to) => `${adminPath('scans', { page: to })}#changes`}
          />
        </Section>
      )}
      {older.length > 0 && (
        <Section id="earlier" title="Earlier">
          <ul className="grid gap-1 text-sm">
            {older.map(({ rulesetVersion, summary, done, total: versions }) => (
              <li key={rulesetVersion}>
                <code>{rulesetVersion}</code>
                <span className="text-ink-2">
                  {': '}
                  {summary === null || summary.overtakenBy !== null
                    ? `${done} of ${versions} versions, overtaken by newer rules`
                    : `${summary.versions} versions, ${summary.changed} changed, ${summary.accused} newly accused`}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
