/** The longest resource address that is compared with templates. */
const MAX_URI = 8192;

type Part = { literal: string } | { allows: (character: string) => boolean };

/**
 * Whether a resource address can have come from a URI template (RFC 6570). An expression without an operator stands
 * for anything but reserved characters, so `notes://{id}` does not cover `notes://a/../b`; `+`, `#` and the operators
 * that write separators cover those too. Time grows with the length of the address times the number of parts: no
 * regular expression, which a template could make explode.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  if (uri.length > MAX_URI || template.length > MAX_URI) return false;
  let reachable = new Set([0]);
  for (const part of partsOf(template)) {
    const next = new Set<number>();
    if ('literal' in part) {
      for (const at of reachable) if (uri.startsWith(part.literal, at)) next.add(at + part.literal.length);
    } else {
      let isOpen = false;
      for (let at = 0; at <= uri.length; at += 1) {
        isOpen = reachable.has(at) || (isOpen && part.allows(uri[at - 1]!));
        if (isOpen) next.add(at);
      }
    }
    if (next.size === 0) return false;
    reachable = next;
  }
  return reachable.has(uri.length);
}

function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  for (const piece of template.split(/(\{[^{}]*\})/)) {
    if (!piece.startsWith('{')) parts.push({ literal: piece });
    else if ('+#/.;?&'.includes(piece[1] ?? '')) parts.push({ allows: () => true });
    else parts.push({ allows: (character) => !"/?#[]@:&;=+$!'()*".includes(character) });
  }
  return parts;
}
