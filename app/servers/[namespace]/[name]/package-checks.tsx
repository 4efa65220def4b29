import type { ServerPage } from '#lib/catalog/views.ts';
import type { PackageCheckView } from '#lib/packages/types.ts';
import { Digest } from '../../../components/digest.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { StateSign } from '../../../components/state-sign.tsx';
import { TextWithDigests } from '../../../components/text-with-digests.tsx';
import { Time } from '../../../components/time.tsx';
import {
  CHECK_MEANING,
  CHECK_QUESTION,
  CHECK_TONE,
  CHECK_WORD,
  checksByPackage,
  PROVENANCE_FACTS,
} from '../../../text/package-words.ts';

/** What the registries of the packages said, each answer apart from having no answer. */
export function PackageChecks({ server }: { server: ServerPage }) {
  if (server.packages.length === 0) {
    return <p className="text-ink-3">The manifest names no package, so there is nothing to ask a registry about.</p>;
  }
  if (server.packageChecks.length === 0) {
    return <p className="text-ink-3">Not asked yet: the registries of its packages are asked in turn.</p>;
  }
  const states = [...new Set(server.packageChecks.map(({ state }) => state))];
  return (
    <>
      <ul className="grid gap-5">
        {checksByPackage(server.packageChecks).map(({ index, label, checks }) => (
          <li key={index}>
            <h3 className="font-mono text-sm">
              <HostileText>{label}</HostileText>
            </h3>
            <ul className="mt-1.5 divide-y divide-line border-line border-t">
              {checks.map((check) => (
                <Check key={check.kind} check={check} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <dl className="mt-4 grid gap-1 text-ink-3 text-xs">
        {states.map((state) => (
          <div key={state} className="flex gap-2">
            <dt className="flex gap-1 whitespace-nowrap font-medium">
              <StateSign tone={CHECK_TONE[state]} className="mt-px size-3.5" />
              {CHECK_WORD[state]}:
            </dt>
            <dd>{CHECK_MEANING[state]}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Check({ check }: { check: PackageCheckView }) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
      <p className="flex items-start gap-1.5 font-medium">
        <StateSign tone={CHECK_TONE[check.state]} />
        {CHECK_WORD[check.state]}
      </p>
      <div className="min-w-0">
        <p className="text-ink-3">{CHECK_QUESTION[check.kind]}</p>
        <p>
          <TextWithDigests what={`a digest of ${check.label}`}>{check.message}</TextWithDigests>
        </p>
        <Facts check={check} />
        <p className="text-ink-3">
          Asked <Time iso={check.checkedAt} withTime hint={false} />; so since <Time iso={check.since} hint={false} />
          {' · '}
          <code>{check.code}</code>
        </p>
        {check.failedTry && check.state !== 'unreachable' && (
          <p className="text-ink-3">
            Asked again <Time iso={check.failedTry.at} withTime hint={false} /> without an answer:{' '}
            <HostileText>{check.failedTry.message}</HostileText>
          </p>
        )}
      </div>
    </li>
  );
}

/** What the certificate of the provenance says; other checks say everything in their message. */
function Facts({ check: { kind, facts } }: { check: PackageCheckView }) {
  const rows = PROVENANCE_FACTS.flatMap(([field, word]) => {
    const value = facts[field];
    return typeof value === 'string' && value !== '' ? [{ field, word, value }] : [];
  });
  if (kind !== 'provenance' || rows.length === 0) return null;
  return (
    <dl className="my-1 grid gap-x-3 sm:grid-cols-[7rem_minmax(0,1fr)]">
      {rows.map(({ field, word, value }) => (
        <div key={field} className="contents">
          <dt className="text-ink-3">{word}</dt>
          <dd className="font-mono text-xs leading-5">
            {field === 'commit' ? <Digest value={value} what="the commit" /> : <HostileText>{value}</HostileText>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
