import type { RequestRow } from '#lib/orgs/requests/list-requests.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Time } from '../../../components/time.tsx';
import { MarkRow } from '../../../marks/mark-row.tsx';
import { orgPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { KIND_WORDS, STATE_WORDS, VERDICT_WORDS } from './request-words.ts';

/** A line of the queue: what is asked for, by whom, until when, and what speaks for or against it. */
export function RequestRowView({ row, orgSlug }: { row: RequestRow; orgSlug: string }) {
  return (
    <div className="grid gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <PendingLink
            href={orgPath(orgSlug, `requests/${row.id}`)}
            className="font-semibold hover:text-accent hover:underline"
          >
            <HostileText>{row.title ?? row.serverName}</HostileText>
          </PendingLink>
          <span className="min-w-0 break-all font-mono text-ink-3 text-xs">
            <HostileText>{`${row.serverName} ${row.version}`}</HostileText>
          </span>
        </p>
        <p className="text-sm">
          <span className="font-medium">{KIND_WORDS[row.kind]}</span>
          {row.requester !== null && (
            <>
              {' '}
              by <HostileText>{row.requester}</HostileText>
            </>
          )}
          {row.team !== null && <> for {row.team}</>}
          {/* What Hallmark asks about keeps the tools of its entry. */}
          {row.kind === 'person' && `, ${row.tools === null ? 'all tools' : countOf(row.tools.length, 'tool')}`}
          {row.until && (
            <>
              , until <Time iso={row.until} hint={false} />
            </>
          )}
        </p>
        <p className="text-ink-2 text-sm">
          <q>
            <HostileText>{row.reason}</HostileText>
          </q>
        </p>
        <p className="text-ink-3 text-sm">
          {row.decidedAt ? (
            <>
              {STATE_WORDS[row.state]} <Time iso={row.decidedAt} />
              {row.decision && (
                <>
                  :{' '}
                  <q>
                    <HostileText>{row.decision}</HostileText>
                  </q>
                </>
              )}
            </>
          ) : (
            <>
              {STATE_WORDS[row.state]}, {row.isOverdue ? <strong className="text-ink">overdue since</strong> : 'due'}{' '}
              <Time iso={row.dueAt} />
            </>
          )}
          {row.messages > 0 && ` · ${countOf(row.messages, 'message')}`}
        </p>
        {row.verdict && <p className="mt-1 text-sm">Policy: {VERDICT_WORDS[row.verdict]}</p>}
      </div>
      {row.marks && <MarkRow marks={row.marks} of={`${row.serverName} ${row.version}`} className="self-start" />}
    </div>
  );
}
