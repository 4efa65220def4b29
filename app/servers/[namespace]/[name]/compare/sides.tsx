import type { ComparedSide, VersionComparison } from '#lib/scans/compare-versions.ts';
import { Fact, Facts } from '../../../../components/facts.tsx';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../components/nav-link.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Time } from '../../../../components/time.tsx';
import { serverPath } from '../../../../paths.ts';
import { SIGNER_CHANGE_WORD, signerChangeSentences } from '../../../../text/signer-change-words.ts';
import { AGAINST } from './comparison-words.ts';

/** What is compared with what: versions, when each was seen, who signed it. */
export function Sides({ comparison }: { comparison: VersionComparison }) {
  const { from, to, against, serverName, signerChange } = comparison;
  return (
    <>
      <div className="mt-6 grid gap-4 sm:grid-cols-2">
        <Side side={from} label={AGAINST[against].from} serverName={serverName} isSame={against === 'answers'} />
        <Side side={to} label={AGAINST[against].to} serverName={serverName} isSame={false} />
      </div>
      {signerChange && (
        <Notice className="mt-4">
          <strong className="font-semibold">
            {SIGNER_CHANGE_WORD[signerChange.kind].replace(/^./, (first) => first.toUpperCase())}.
          </strong>{' '}
          <HostileText>{signerChangeSentences(signerChange).what}</HostileText>
        </Notice>
      )}
    </>
  );
}

function Side({
  side,
  label,
  serverName,
  isSame,
}: {
  side: ComparedSide;
  label: string;
  serverName: string;
  isSame: boolean;
}) {
  return (
    <section aria-label={label} className="sheet min-w-0 p-4">
      <p className="label">{label}</p>
      <p className="font-mono">
        <PendingLink href={serverPath(serverName, { version: side.version })} className="link">
          {side.version}
        </PendingLink>
        {side.status !== 'active' && <span className="ml-2 font-sans text-ink-3 text-sm">{side.status}</span>}
      </p>
      <Facts className="mt-3">
        {!isSame && (
          <Fact label="Published">
            <Time iso={side.publishedAt} />
          </Fact>
        )}
        <Fact label="Tools">
          {side.scan === null ? (
            'Not seen: no finished scan'
          ) : (
            <>
              {side.scan.origin === 'live' ? 'Said by the running server, ' : null}
              {side.scan.origin === 'declared' ? 'As they were declared, ' : null}
              {side.scan.origin === null ? 'Not seen, ' : null}
              <Time iso={side.scan.at} withTime />
            </>
          )}
        </Fact>
        <Fact label="Signer">{side.signer === null ? 'Not signed' : <HostileText>{side.signer}</HostileText>}</Fact>
      </Facts>
    </section>
  );
}
