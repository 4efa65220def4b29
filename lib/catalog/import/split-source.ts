import { scanValue } from './json-extents.ts';

/** The bytes of one entry, or why there is none. Lines count from 1; an entry's is the one on which it starts. */
export type SourceLine = { line: number; bytes: Uint8Array } | { line: number; reason: string };

/**
 * Splits a file into its entries: JSON values one after the other, on lines of their own or not. A saved page of
 * `GET /v0.1/servers` stands for the items of its `servers`. What is no JSON becomes an entry too, which parseLine then
 * refuses, so that nothing of the file is left out unseen; reading goes on at the next line that can start a value.
 *
 * The bytes are decoded entry by entry: one that is not UTF-8 takes no other with it.
 */
export function splitSource(bytes: Uint8Array): SourceLine[] {
  // One character a byte, so that the places found in the text are places in the bytes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const lineAt = lineCounter(text);
  const lines: SourceLine[] = [];
  const add = (start: number, end: number) => lines.push({ line: lineAt(start), bytes: bytes.subarray(start, end) });

  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
    const value = scanValue(text, at);
    for (const item of value.items ?? []) add(item.start, item.end);
    if (value.isComplete) {
      if (!value.items) add(value.start, value.end);
      at = value.end;
    } else if (value.items) {
      const reason = 'the saved page is not JSON from here on; the servers before this place were read';
      lines.push({ line: lineAt(value.openItem ?? value.end), reason });
      at = nextPage(text, value.end);
    } else {
      const next = nextValue(text, at);
      add(at, text.slice(at, next).trimEnd().length + at);
      at = next;
    }
  }
  return lines;
}

/** Blanks of JSON, and byte order marks: files that were put together from several have them inside too. */
function skipBlank(text: string, from: number): number {
  const blank = /(?:[ \t\r\n]|\u00ef\u00bb\u00bf)*/y;
  blank.lastIndex = from;
  blank.test(text);
  return blank.lastIndex;
}

/**
 * The next line that can start an entry, after one that cannot be read: it opens an object, or stands at the margin and
 * closes nothing. So lines of a JSONL file are refused one by one, and those inside a broken printed object with it.
 */
function nextValue(text: string, from: number): number {
  return search(text, from, /\n(?=[ \t]*\{|[^\s}\],])/g);
}

/** The next object at the margin: what stands inside a broken page is no page. */
function nextPage(text: string, from: number): number {
  return from > 0 && text[from] === '{' && text[from - 1] === '\n' ? from : search(text, from, /\n(?=\{)/g);
}

function search(text: string, from: number, pattern: RegExp): number {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match ? match.index + 1 : text.length;
}

/** Line of a place. Places are asked for in order. */
function lineCounter(text: string): (place: number) => number {
  let line = 1;
  let lineEnd = text.indexOf('\n');
  return (place) => {
    while (lineEnd !== -1 && lineEnd < place) {
      line += 1;
      lineEnd = text.indexOf('\n', lineEnd + 1);
    }
    return line;
  };
}
