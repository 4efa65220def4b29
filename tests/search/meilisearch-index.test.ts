import { randomBytes } from 'node:crypto';
import { it } from 'vitest';
import { createMeilisearchIndex } from '#lib/search/meilisearch-index.ts';
import { describeSearchIndex } from './behaviour.ts';

const { MEILI_URL, MEILI_KEY } = process.env;
const REASON = 'MEILI_URL is not set: no Meilisearch server to test against';

if (MEILI_URL) {
  describeSearchIndex('meilisearch', async () => {
    const indexUid = `hallmark_test_${randomBytes(6).toString('hex')}`;
    const index = createMeilisearchIndex({ url: MEILI_URL, apiKey: MEILI_KEY, indexUid, waitForTasks: true });
    await index.configure();
    return { index, announce: async () => {}, close: () => index.drop() };
  });
} else {
  it('the meilisearch search index behaves as the others', ({ task, skip }) => {
    Object.assign(task.meta, { skipReason: REASON });
    skip(REASON);
  });
}
