import type { SyncSourceView } from '#lib/catalog/sync/types.ts';
import { ExternalLink } from '../components/external-link.tsx';
import { HostileText } from '../components/hostile-text.tsx';
import { Notice } from '../components/notice.tsx';
import { Time } from '../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { filterSentence, SYNC_STATE_WORD, syncCounts } from '../text/sync-words.ts';
import { removeSourceAction, runSourceAction, setSourceEnabledAction } from './actions.ts';
import { NamedButton, RemoveForm } from './named-forms.tsx';

/** One upstream: what it is asked for, what its crawl is doing, and what can be done about it. */
export function UpstreamCard({ source }: { source: SyncSourceView }) {
  const { name, baseUrl, isEnabled, state, filters, lastError } = source;
  return (
    <div className="sheet p-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold">
          <HostileText>{name}</HostileText>
        </h3>
        <span className="font-mono text-xs">
          <ExternalLink href={baseUrl} />
        </span>
        <span className="text-sm sm:ml-auto">{SYNC_STATE_WORD[state]}</span>
      </div>
      <p className="mt-1 text-ink-2 text-sm">
        <HostileText>{filterSentence(filters)}</HostileText>
      </p>
      <Progress source={source} />
      {lastError && (
        <Notice className="mt-3">
          <Time iso={lastError.at} withTime />: <HostileText>{lastError.message}</HostileText>{' '}
          <code className="text-ink-3">{lastError.code}</code>
        </Notice>
      )}
      <div className="mt-3 flex flex-wrap items-start gap-2">
        {isEnabled && (
          <NamedButton action={runSourceAction} name={name} label={`Sync ${name} now`} pendingText="Asking">
            Sync now
          </NamedButton>
        )}
        <ActionForm
          action={setSourceEnabledAction}
          label={`${isEnabled ? 'Disable' : 'Enable'} ${name}`}
          className="gap-2"
        >
          <input type="hidden" name="name" value={name} />
          <SubmitButton isQuiet pendingText="Saving" name="isEnabled" value={isEnabled ? 'no' : 'yes'}>
            {isEnabled ? 'Disable' : 'Enable'}
          </SubmitButton>
          <FormMessage />
        </ActionForm>
        <RemoveForm action={removeSourceAction} name={name}>
          What was taken over stays, and no longer changes with the upstream.
        </RemoveForm>
      </div>
    </div>
  );
}

function Progress({
  source: { progress, crawlStartedAt, lastRun, nextRunAt, isEnabled, state },
}: {
  source: SyncSourceView;
}) {
  return (
    <dl className="mt-3 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[7rem_minmax(0,1fr)]">
      {progress && crawlStartedAt && (
        <Fact label="This sync">
          began <Time iso={crawlStartedAt} withTime />: {syncCounts(progress)}
        </Fact>
      )}
      <Fact label="Last sync">
        {lastRun ? (
          <>
            finished <Time iso={lastRun.finishedAt} withTime />: {syncCounts(lastRun)}
          </>
        ) : (
          'none has finished yet'
        )}
      </Fact>
      {isEnabled && state !== 'crawling' && (
        <Fact label="Next sync">
          <Time iso={nextRunAt} withTime />
        </Fact>
      )}
      {lastRun && lastRun.skippedExamples.length > 0 && (
        <Fact label="Skipped">
          <details>
            <summary className="w-fit text-ink-2">Why, with examples</summary>
            <ul className="mt-1 grid gap-1 text-ink-2">
              {lastRun.skippedExamples.map(({ code, name, version, message }) => (
                <li key={`${code} ${name} ${version}`}>
                  <span className="font-mono text-xs">
                    <HostileText>{[name ?? 'an item', version].filter(Boolean).join(' ')}</HostileText>
                  </span>
                  : <HostileText>{message}</HostileText> <code className="text-ink-3">{code}</code>
                </li>
              ))}
            </ul>
          </details>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
