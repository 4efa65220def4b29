import { HostileText } from './hostile-text.tsx';

/** An address that somebody else wrote: a link only when it is http or https, and always with the address as its text. */
export function ExternalLink({ href, children }: { href: string; children?: string }) {
  const url = URL.parse(href);
  const text = <HostileText>{children ?? href}</HostileText>;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return text;
  return (
    <a href={url.href} rel="noopener noreferrer nofollow ugc" className="link">
      {text}
    </a>
  );
}
