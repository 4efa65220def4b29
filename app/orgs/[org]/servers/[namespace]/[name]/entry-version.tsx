import { sayUnmatched } from '#lib/orgs/allowlist/entry-warnings.ts';
import type { EntryPage, EntryVersionView } from '#lib/orgs/allowlist/get-entry.ts';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../../components/nav-link.tsx';
import { StateSign } from '../../../../../components/state-sign.tsx';
import { Time } from '../../../../../components/time.tsx';
import { MarkRow } from '../../../../../marks/mark-row.tsx';
import { serverPath } from '../../../../../paths.ts';
import { countOf } from '../../../../../text/count-of.ts';
import { ENTRY_WORDS, SOURCE_WORDS } from '../../../entry-words.ts';
import { DecideEntry } from './decide-entry.tsx';

/** One version with its tools, and what can be decided about it. */
export function EntryVersion({
  version,
  entry,
  orgSlug,
}: {
  version: EntryVersionView;
  entry: EntryPage;
  orgSlug: string;
}) {
  const { label, tone } = ENTRY_WORDS[version.state];
  return (
    <div className="grid gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0 text-sm">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <PendingLink
            href={serverPath(entry.serverName, { version: version.version, tab: 'approval' })}
            className="link font-medium font-mono"
          >
            {version.version}
          </PendingLink>
          <span className="inline-flex items-baseline gap-1">
            <StateSign tone={version.isOvertaken ? 'silent' : tone} />
            {version.isOvertaken ? 'a newer one counts' : label}
          </span>
          <span className="text-ink-3">
            <Time iso={version.revokedAt ?? version.approvedAt} />
            {version.source !== 'manual' && `, ${SOURCE_WORDS[version.source]}`}
            {version.status !== 'active' && `, ${version.status} by its publisher`}
          </span>
        </p>
        <p className="text-ink-2">
          <q>
            <HostileText>{version.revokedReason ?? version.reason}</HostileText>
          </q>
        </p>
        {version.statusMessage && (
          <p className="text-ink-2">
            Its publisher says:{' '}
            <q>
              <HostileText>{version.statusMessage}</HostileText>
            </q>
          </p>
        )}
        {version.unmatched.length > 0 && (
          <p className="mt-1 border-accent border-l-3 pl-2">
            <HostileText>{sayUnmatched(version.version, version.unmatched)}</HostileText>
          </p>
        )}
        {version.state !== 'revoked' && <Tools version={version} />}
        {entry.canDecide && version.state !== 'revoked' && (
          <div className="mt-2">
            <DecideEntry entry={entry} orgSlug={orgSlug} version={version} />
          </div>
        )}
      </div>
      <MarkRow marks={version.marks} of={`${entry.serverName} ${version.version}`} className="self-start" />
    </div>
  );
}

function Tools({ version }: { version: EntryVersionView }) {
  const asked = version.tools.filter(({ ask }) => ask).length;
  return (
    <details className="mt-1">
      <summary className="text-ink-2">
        {version.totalTools === null
          ? countOf(version.tools.length, 'tool')
          : `${version.tools.length} of ${countOf(version.totalTools, 'tool')}`}{' '}
        allowed{asked > 0 && `, ${asked} asked each time`}, new tools refused
      </summary>
      <ul className="mt-2 flex flex-wrap gap-1.5">
        {version.tools.map(({ name, readOnly, ask }) => (
          <li key={name} className="rounded-sm border border-line px-1.5 text-xs leading-5">
            <span className="font-mono">
              <HostileText>{name}</HostileText>
            </span>
            {readOnly && <span className="text-ink-3"> reads</span>}
            {ask && <span className="text-ink-3"> asks</span>}
          </li>
        ))}
      </ul>
      <h4 className="mt-3 font-medium text-xs">Rules as they were written</h4>
      <ul className="mt-1 font-mono text-ink-2 text-xs">
        {Object.entries(version.toolPolicy.rules)
          .slice(0, 50)
          .map(([rule, decision]) => (
            <li key={rule}>
              {decision} <HostileText>{rule}</HostileText>
            </li>
          ))}
        <li>{version.toolPolicy.default} everything else</li>
      </ul>
    </details>
  );
}
