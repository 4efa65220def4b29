import type { IssueReport } from '../issue-report.ts';
import { objectOf } from '../json-object.ts';
import { quoteText } from '../json-path.ts';
import { LIMITS } from '../limits.ts';
import { PUBLISHER_META_KEY } from '../schema.ts';
import type { JsonObject } from '../types.ts';

/** `_meta`: size of the publisher's part, and a warning for keys that no registry reads. They stay in the manifest. */
export function checkMeta(document: JsonObject, report: IssueReport): void {
  const meta = objectOf(document, '_meta');
  if (meta === undefined) return;
  for (const key of Object.keys(meta)) {
    if (report.isFull) return;
    if (key !== PUBLISHER_META_KEY)
      report.add('meta-key-ignored', ['_meta', key], `${quoteText(key)} is not read by registries`);
  }
  const provided = objectOf(meta, PUBLISHER_META_KEY);
  if (provided === undefined) return;
  const size = new TextEncoder().encode(JSON.stringify(provided)).length;
  if (size <= LIMITS.maxPublisherMetaBytes) return;
  const problem = `${PUBLISHER_META_KEY} has ${size} bytes as compact JSON; ${LIMITS.maxPublisherMetaBytes} are allowed`;
  report.add('publisher-meta-too-large', ['_meta', PUBLISHER_META_KEY], problem);
}
