import type { ServerCard as Card, VersionOrigin, VersionStatus } from '#lib/catalog/views.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { PublisherLink } from '../components/publisher-link.tsx';
import { Time } from '../components/time.tsx';
import { MarkRow } from '../marks/mark-row.tsx';
import { serverPath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';
import { runsAsWord } from '../text/words.ts';

const ORIGIN_WORD: Record<VersionOrigin, string | null> = { published: null, mirrored: 'mirrored', example: 'example' };
const STATUS_WORD: Record<VersionStatus, string | null> = {
  active: null,
  deprecated: 'deprecated',
  deleted: 'deleted',
};

/** One row of a result list: what the server is on the left, its four marks on the right. */
export function ServerCard({ card, isOfPublisher = false }: { card: Card; isOfPublisher?: boolean }) {
  // On the page of its publisher the card stands under a heading of its own, and who publishes it is known.
  const Heading = isOfPublisher ? 'h3' : 'h2';
  const { publisher } = card.marks;
  const facts = [
    card.runsAs.map(runsAsWord).join(', ') || 'nothing to run',
    card.toolCount === null ? 'tools not seen' : countOf(card.toolCount, 'tool'),
    card.category,
    ORIGIN_WORD[card.origin],
  ].filter((fact) => fact !== null);
  return (
    <article className="grid gap-x-6 gap-y-2 border-line border-b py-3.5 last:border-b-0 md:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        <Heading className="font-semibold leading-snug">
          <PendingLink href={serverPath(card.name)} className="hover:text-accent hover:underline">
            <HostileText>{card.title ?? card.name.slice(card.name.indexOf('/') + 1)}</HostileText>
          </PendingLink>
          {STATUS_WORD[card.status] && (
            <span className="ml-2 rounded-sm border border-line-strong px-1 align-middle font-normal text-2xs text-ink-2">
              {STATUS_WORD[card.status]}
            </span>
          )}
        </Heading>
        <p className="font-mono text-ink-2 text-xs">
          <HostileText>{card.name}</HostileText> <span className="text-ink-3">{card.version}</span>
        </p>
        <p className="mt-1 text-ink-2 text-sm">
          <HostileText>{card.description}</HostileText>
        </p>
        <p className="mt-1 text-ink-3 text-xs">
          {publisher.slug && !isOfPublisher && (
            <>
              <PublisherLink publisher={publisher} />
              {' · '}
            </>
          )}
          {facts.join(' · ')} · <Time iso={card.publishedAt} hint={false} />
        </p>
      </div>
      <MarkRow marks={card.marks} of={card.title ?? card.name} className="self-start" />
    </article>
  );
}
