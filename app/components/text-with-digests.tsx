import { splitDigests } from '../text/split-digests.ts';
import { Digest } from './digest.tsx';
import { HostileText } from './hostile-text.tsx';

/** A sentence with digests in it: each short, whole after a click, and copied whole. */
export function TextWithDigests({ children, what }: { children: string; what: string }) {
  return splitDigests(children).map((part, index) =>
    part.kind === 'text' ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity and never move
      <HostileText key={index}>{part.text}</HostileText>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity and never move
      <Digest key={index} value={part.hex} prefix={part.algorithm} what={what} />
    ),
  );
}
