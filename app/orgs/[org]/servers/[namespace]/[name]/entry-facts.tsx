import type { EntryPage } from '#lib/orgs/allowlist/get-entry.ts';
import { sayVersionRule } from '#lib/orgs/allowlist/version-rule.ts';
import { Fact, Facts } from '../../../../../components/facts.tsx';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { StateSign } from '../../../../../components/state-sign.tsx';
import { Time } from '../../../../../components/time.tsx';
import { ENTRY_WORDS, SOURCE_WORDS } from '../../../entry-words.ts';

/** What holds for the entry as a whole. */
export function EntryFacts({ entry }: { entry: EntryPage }) {
  const { label, tone } = ENTRY_WORDS[entry.state];
  if (entry.state === 'absent') {
    return (
      <Facts>
        <Fact label="State">
          <span className="inline-flex items-baseline gap-1">
            <StateSign tone={tone} />
            {label}
          </span>
        </Fact>
      </Facts>
    );
  }
  return (
    <Facts>
      <Fact label="State">
        <span className="inline-flex items-baseline gap-1">
          <StateSign tone={tone} />
          {label}
        </span>
      </Fact>
      {entry.suspendedReason && (
        <Fact label="Suspended">
          <HostileText>{entry.suspendedReason}</HostileText>
          {entry.suspendedAt && (
            <>
              {' '}
              <Time iso={entry.suspendedAt} />
            </>
          )}
        </Fact>
      )}
      <Fact label="Reason">
        <q>
          <HostileText>{entry.reason}</HostileText>
        </q>{' '}
        <span className="text-ink-3">{SOURCE_WORDS[entry.source]}</span>
      </Fact>
      <Fact label="Answered for by">{entry.owner && <HostileText>{entry.owner.name}</HostileText>}</Fact>
      <Fact label="Until">{entry.expiresAt ? <Time iso={entry.expiresAt} /> : 'no end'}</Fact>
      <Fact label="Versions">{sayVersionRule(entry.versionRule)}</Fact>
      <Fact label="Environments">{entry.environments.join(', ') || 'every one'}</Fact>
      <Fact label="Credentials">{entry.credentialMode ?? 'not said'}</Fact>
      <Fact label="Conditions">
        {entry.conditions && (
          <span className="whitespace-pre-wrap">
            <HostileText>{entry.conditions}</HostileText>
          </span>
        )}
      </Fact>
    </Facts>
  );
}
