import type { PublicNamespace } from '#lib/publishers/public-namespace.ts';
import { proofSentence, STANDING_WORD, troubleSentence } from '../text/publisher-words.ts';
import { Digest } from './digest.tsx';
import { HostileText } from './hostile-text.tsx';
import { Notice } from './notice.tsx';
import { StateSign, type StateTone } from './state-sign.tsx';
import { Time } from './time.tsx';

const TONE: Record<PublicNamespace['standing'], StateTone> = {
  proven: 'good',
  failing: 'doubt',
  lapsed: 'bad',
  granted: 'absent',
  demonstration: 'absent',
};

/** How a namespace is held: what was shown, since when, and when it was last seen. */
export function NamespaceProof({ namespace }: { namespace: PublicNamespace }) {
  const trouble = troubleSentence(namespace);
  const isChecked = namespace.standing !== 'granted' && namespace.standing !== 'demonstration';
  return (
    <div className="mt-1 grid gap-1 text-sm">
      <p className="flex gap-2">
        <StateSign tone={TONE[namespace.standing]} />
        <span>
          <span className="font-medium">{STANDING_WORD[namespace.standing]}</span>
          <span className="text-ink-3">
            , {isChecked ? 'first shown' : 'since'} <Time iso={namespace.since} />
            {isChecked && namespace.confirmedAt && (
              <>
                , last confirmed <Time iso={namespace.confirmedAt} />
              </>
            )}
          </span>
        </span>
      </p>
      <p className="text-ink-2">
        <HostileText>{proofSentence(namespace)}</HostileText>
        {namespace.proof && 'key' in namespace.proof && namespace.proof.key && (
          <>
            {' '}
            Key: <Digest value={namespace.proof.key} what={`the key for ${namespace.name}`} />
          </>
        )}
      </p>
      {trouble && <Notice>{trouble}</Notice>}
    </div>
  );
}
