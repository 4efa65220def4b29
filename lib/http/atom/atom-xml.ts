import { Feed } from 'feed';
import { visibleText } from '#lib/audit/visible-text.ts';

export type AtomEntry = {
  /** Never changes and is never used again: a `urn:` of ours. */
  id: string;
  title: string;
  /** Plain text. */
  summary: string;
  link: string;
  at: Date;
  author?: string;
};

export type AtomFeed = { id: string; title: string; link: string; self: string; since: Date; entries: AtomEntry[] };

/**
 * An Atom feed (RFC 4287), newest entry first. Words in it may be anybody's: what shows nothing is written out, what XML
 * cannot hold is replaced, and readers that take titles for HTML get it escaped once more.
 */
export function atomXml({ id, title, link, self, since, entries }: AtomFeed): string {
  const sorted = entries.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const feed = new Feed({
    id,
    title: xmlText(title),
    link,
    feedLinks: { atom: self },
    updated: sorted[0]?.at ?? since,
    generator: 'Hallmark',
    copyright: '',
  });
  for (const entry of sorted) {
    feed.addItem({
      id: entry.id,
      title: htmlText(entry.title),
      description: htmlText(entry.summary),
      link: entry.link,
      date: entry.at,
      author: [{ name: xmlText(entry.author ?? 'Hallmark') }],
    });
  }
  return feed.atom1();
}

/** Without the two code points that pass as visible and that XML 1.0 (§2.2) has no place for. */
const xmlText = (text: string): string => visibleText(text).replace(/[\uFFFE\uFFFF]/g, '\uFFFD');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** As HTML, which the feed says it is. Without `>` it cannot end the CDATA section around it either. */
const htmlText = (text: string): string => xmlText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
