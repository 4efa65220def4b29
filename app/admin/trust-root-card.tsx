import type { TrustRootView } from '#lib/catalog/list-trust-roots.ts';
import { Digest } from '../components/digest.tsx';
import { Fact, Facts } from '../components/facts.tsx';
import { HostileText } from '../components/hostile-text.tsx';
import { Notice } from '../components/notice.tsx';
import { Time } from '../components/time.tsx';
import { ROOT_KIND, rootAge, thresholdSentence } from '../text/trust-root-words.ts';
import { NamedButton, RemoveForm } from './named-forms.tsx';
import { refreshRootAction, removeRootAction } from './root-actions.ts';

export function TrustRootCard({ root }: { root: TrustRootView }) {
  const { name, kind, lastError, tufMirror, canRemove } = root;
  return (
    <div className="sheet p-4">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-mono font-semibold text-sm">
          <HostileText>{name}</HostileText>
        </h3>
        <span className="text-ink-3 text-sm">{ROOT_KIND[kind]}</span>
        <span className="text-sm sm:ml-auto">{rootAge(root)}</span>
      </div>
      <Facts className="mt-3 sm:grid-cols-2">
        <Fact label="Asks of a bundle">{thresholdSentence(root.thresholds)}</Fact>
        <Fact label="Counts for">
          <HostileText>{root.namespaces.length > 0 ? root.namespaces.join(', ') : 'every namespace'}</HostileText>
        </Fact>
        <Fact label="Source">
          <HostileText>{root.source}</HostileText>
        </Fact>
        <Fact label="Content">
          <Digest value={root.sha256} prefix="sha256" what={`the digest of ${name}`} />
        </Fact>
        <Fact label="This content since">{root.fetchedAt && <Time iso={root.fetchedAt} withTime />}</Fact>
        <Fact label="Last asked">{root.checkedAt && tufMirror && <Time iso={root.checkedAt} withTime />}</Fact>
      </Facts>
      {lastError && (
        <Notice className="mt-3">
          Refreshing has failed since <Time iso={lastError.since} withTime />:{' '}
          <HostileText>{lastError.message}</HostileText> <code className="text-ink-3">{lastError.code}</code>
        </Notice>
      )}
      <Parts root={root} />
      <div className="mt-3 flex flex-wrap items-start gap-2 empty:hidden">
        {(tufMirror || kind === 'public-good') && (
          <NamedButton action={refreshRootAction} name={name} label={`Refresh ${name}`} pendingText="Asking its source">
            Refresh now
          </NamedButton>
        )}
        {canRemove && (
          <RemoveForm action={removeRootAction} name={name}>
            {kind === 'public-good'
              ? 'The root that ships with Hallmark counts again until the next refresh.'
              : 'What was signed under it shows as an invalid signature once it is verified again.'}
          </RemoveForm>
        )}
      </div>
    </div>
  );
}

/** The logs and authorities whose keys the root holds. */
function Parts({ root: { name, logs, authorities } }: { root: TrustRootView }) {
  return (
    <details className="mt-3 text-sm">
      <summary className="w-fit text-ink-2">Logs and authorities</summary>
      <ul className="mt-2 grid gap-2">
        {logs.map((log) => (
          <li key={`${log.kind} ${log.id}`}>
            {log.kind === 'transparency' ? 'Transparency log' : 'Certificate log'}{' '}
            <span className="font-mono text-xs">
              <HostileText>{log.origin}</HostileText>
            </span>{' '}
            <Digest value={log.id} what={`the id of a log of ${name}`} /> <Validity {...log} />
          </li>
        ))}
        {authorities.map((authority) => (
          <li key={`${authority.kind} ${authority.name} ${authority.from}`}>
            {authority.kind === 'certificate' ? 'Certificate authority' : 'Timestamp authority'}{' '}
            <HostileText>{authority.name}</HostileText> <Validity {...authority} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Validity({ from, until }: { from: string | null; until: string | null }) {
  return (
    <span className="text-ink-3">
      {from && (
        <>
          from <Time iso={from} hint={false} />
        </>
      )}
      {until && (
        <>
          {' '}
          until <Time iso={until} hint={false} />
        </>
      )}
    </span>
  );
}
