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

/** A sentence that begins with the publisher, or with who published, in which that name is a link. */
export function WithPublisherLink({ publisher, children }: { publisher: Marks['publisher']; children: string }) {
  const { slug, displayName } = publisher;
  const before = ['', 'Published by '].find((start) => children.startsWith(`${start}${displayName}`));
  if (slug === null || displayName === null || before === undefined) return <HostileText>{children}</HostileText>;
  return (
    <>
      {before}
      <PublisherLink publisher={publisher} />
      <HostileText>{children.slice(before.length + displayName.length)}</HostileText>
    </>
  );
}
