/** Elements whose content no reader sees. */
const UNSEEN = new Set(['script', 'style', 'template', 'title', 'head']);

/**
 * The text of an HTML document that a reader sees: without comments, tags and their attributes. Each tag leaves a `<`
 * behind, so that text on both sides of it does not become one word. Runs in linear time; no entities are resolved.
 */
export function visibleText(html: string): string {
  let text = '';
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    if (open === -1) return text + html.slice(at);
    text += html.slice(at, open);
    const tag = /^<(\/?)([A-Za-z][A-Za-z0-9-]*)/.exec(html.slice(open, open + 40));
    if (html.startsWith('<!--', open)) at = after(html, '-->', open + 4);
    else if (/^<[!?/]/.test(html.slice(open, open + 2)) && tag === null) at = after(html, '>', open);
    else if (tag === null) {
      // A `<` that opens nothing is text.
      text += '<';
      at = open + 1;
    } else {
      text += '<';
      at = tagEnd(html, open);
      const name = tag[2]!.toLowerCase();
      if (tag[1] === '' && UNSEEN.has(name)) at = contentEnd(html, name, at);
    }
  }
  return text;
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at === -1 ? html.length : at + mark.length;
}

/** Behind the `>` that ends a tag; a `>` inside a quoted attribute does not. */
function tagEnd(html: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < html.length; at++) {
    const character = html[at]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return html.length;
}

function contentEnd(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}[\\s/>]`, 'gi');
  close.lastIndex = from;
  const match = close.exec(html);
  return match === null ? html.length : tagEnd(html, match.index);
}
