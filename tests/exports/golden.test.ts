import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPORT_CLIENTS, type ExportClientId, feedFacts, renderExport } from '#lib/exports/index.ts';
import { parseAllowlist } from '#lib/feed/parse-documents.ts';
import { allowlist, options, revocations } from './support/documents.ts';
import { goldenFiles } from './support/golden.ts';

const files = goldenFiles();

describe('golden files (node tests/exports/update-golden.ts --write makes them anew)', () => {
  it.each(files)('$name', ({ path: file, text }) => {
    expect(text).toBe(fs.readFileSync(file, 'utf8'));
  });

  it('come out of the feed alone, where its versions carry their facts', () => {
    const pinned = {
      ...allowlist,
      servers: allowlist.servers.map(({ name, versions }) => ({
        name,
        versions: versions.map((entry) => {
          const own = options.facts?.[`${name}@${entry.version}`];
          return own ? { ...entry, facts: feedFacts(own)! } : entry;
        }),
      })),
    };
    // Through the wire form: what the parser does not know would be lost.
    const parsed = parseAllowlist(Buffer.from(JSON.stringify(pinned)));
    const { facts: _, ...others } = options;
    for (const client of Object.keys(EXPORT_CLIENTS) as ExportClientId[]) {
      const [console, feed] = [
        renderExport({ client, allowlist, revocations, options }),
        renderExport({ client, allowlist: parsed, revocations, options: others }),
      ];
      expect(feed.text).toBe(console.text);
    }
  });

  it('there are no others', () => {
    const folder = path.dirname(files[0]!.path);
    expect(fs.readdirSync(folder).sort()).toEqual(files.map(({ name }) => `${name}.golden`).sort());
  });
});
