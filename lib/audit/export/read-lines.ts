/** Longer than any event: what comes after it on a line is dropped, so that a file without line breaks costs no memory. */
export const MAX_LINE = 4 * 1024 * 1024;

/** Lines of a text stream, at `\n` alone: an event may hold the other characters that break lines (U+2028). */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const piece of pieces) {
    const parts = decoder.decode(piece, { stream: true }).split('\n');
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        yield open;
        open = '';
      }
      if (open.length <= MAX_LINE) open += part;
    }
  }
  open += decoder.decode();
  if (open) yield open;
}
