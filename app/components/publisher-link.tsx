import type { Marks } from '#lib/catalog/views.ts';
import { publisherPath } from '../paths.ts';
import { HostileText } from './hostile-text.tsx';
import { PendingLink } from './nav-link.tsx';

/** A publisher's name with its page behind it; nothing where nobody answers for a version. */
export function PublisherLink({ publisher: { slug, displayName } }: { publisher: Marks['publisher'] }) {
  if (slug === null) return null;
  return (
    <PendingLink href={publisherPath(slug)} className="link">
      <HostileText>{displayName ?? slug}</HostileText>
    </PendingLink>
  );
}
