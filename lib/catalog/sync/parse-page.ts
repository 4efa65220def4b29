import { z } from 'zod';
import { parseStrictJson } from '#lib/manifest/index.ts';
import { type Extent, scanValue } from '../import/json-extents.ts';
import { SYNC_LIMITS } from './limits.ts';
import { UpstreamError } from './upstream-error.ts';

/** The items' own bytes, as the upstream wrote them. */
export type ParsedPage = { items: Uint8Array[]; nextCursor: string | null };

const envelopeSchema = z.object({
  // Go writes an empty list as null. The items were cut out before.
  servers: z.array(z.never('is written in a way that readers could disagree about')).nullable(),
  metadata: z.object({ nextCursor: z.string().max(SYNC_LIMITS.cursorCharacters).nullish() }).nullish(),
});

/**
 * Cuts a page of `GET /v0.1/servers` into its items without reading them: one bad item must not take the others with it.
 * Throws BAD_PAGE where the envelope is something else, or where two readers could disagree about it.
 */
export function parsePage(bytes: Uint8Array, host: string): ParsedPage {
  // One character a byte, so that the places found in the text are places in the bytes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const page = scanValue(text, /^[ \t\r\n]*/.exec(text)![0].length);
  const bad = (why: string) => new UpstreamError('BAD_PAGE', `The answer of ${host} is no page of servers: ${why}.`);
  if (!page.isComplete) throw bad(`it is not JSON, or ends early, at byte ${page.end}`);
  const items = page.items ?? [];
  if (!isOneList(text, items)) throw bad('it has more than one list of servers');

  const envelope = parseStrictJson(withoutItems(bytes, items), { maxBytes: SYNC_LIMITS.itemBytes });
  if (!envelope.ok) throw bad(envelope.issues[0]?.message ?? 'it is not JSON');
  const parsed = envelopeSchema.safeParse(envelope.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw bad(`${issue.path.join('.') || 'page'}: ${issue.message}`);
  }
  return {
    items: items.map(({ start, end }) => bytes.subarray(start, end)),
    nextCursor: parsed.data.metadata?.nextCursor || null,
  };
}

/** Whether nothing but commas stands between the items. */
function isOneList(text: string, items: Extent[]): boolean {
  return items.every((item, i) => {
    const before = items[i - 1];
    return !before || /^[ \t\r\n]*,[ \t\r\n]*$/.test(text.slice(before.end, item.start));
  });
}

function withoutItems(bytes: Uint8Array, items: Extent[]): Uint8Array {
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last) return bytes;
  return Buffer.concat([bytes.subarray(0, first.start), bytes.subarray(last.end)]);
}
