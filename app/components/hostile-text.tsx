import { splitInvisible } from '../text/split-invisible.ts';

/**
 * Text that somebody else wrote: a manifest, a tool, a finding. Shown as text, isolated from the direction of its
 * surroundings, with every invisible character drawn.
 */
export function HostileText({ children }: { children: string }) {
  return (
    <bdi>
      {splitInvisible(children).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity and never move
            key={index}
            title={part.description}
            className="mx-px rounded-sm border border-line-strong border-dashed bg-well px-1 font-mono text-[0.8em] text-ink"
          >
            {part.label}
          </span>
        ),
      )}
    </bdi>
  );
}
