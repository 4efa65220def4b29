import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { manifestOf, testInstance } from '../instance.ts';
import { compact, entry, file, line, namesUnder, page, printed, run } from './import-files.ts';

testInstance();

describe('several values in a file', () => {
  it.each([
    ['pages one a line', 'ns.a', (ns: string) => [1, 2, 3].map((n) => compact(page(`${ns}/s${n}`))).join('\n')],
    [
      'pages without anything between',
      'ns.b',
      (ns: string) => [1, 2, 3].map((n) => compact(page(`${ns}/s${n}`))).join(''),
    ],
    [
      'pages printed one after another',
      'ns.c',
      (ns: string) => [1, 2, 3].map((n) => printed(page(`${ns}/s${n}`))).join('\n'),
    ],
    [
      'a page and then lines',
      'ns.d',
      (ns: string) => `${printed(page(`${ns}/s1`))}\n${line(`${ns}/s2`)}\n${line(`${ns}/s3`)}`,
    ],
    [
      'lines and then a page',
      'ns.e',
      (ns: string) => `${line(`${ns}/s1`)}\r\n${compact(page(`${ns}/s2`, `${ns}/s3`))}\r\n`,
    ],
    ['printed entries', 'ns.f', (ns: string) => [1, 2, 3].map((n) => printed(entry(`${ns}/s${n}`))).join('\n')],
    [
      'byte order marks',
      'ns.g',
      (ns: string) => [1, 2, 3].map((n) => `\uFEFF${compact(page(`${ns}/s${n}`))}\r\n`).join(''),
    ],
    [
      'a page whose metadata comes first',
      'ns.h',
      (ns: string) =>
        compact({
          $schema: 'x',
          metadata: { servers: [1] },
          servers: page(`${ns}/s1`, `${ns}/s2`, `${ns}/s3`).servers,
        }),
    ],
  ])('reads %s', async (name, ns, text) => {
    const { report, skipped } = await run(file(`${name}.json`, text(ns)));
    expect(skipped).toEqual([]);
    expect(report).toMatchObject({ total: 3, imported: 3 });
    expect(await namesUnder(ns)).toEqual([`${ns}/s1`, `${ns}/s2`, `${ns}/s3`]);
  });

  it.each<[string, string, (ns: string) => string, number[], string[]]>([
    ['text behind a value', 'bad.a', (ns) => `${line(`${ns}/s1`)} more\n${line(`${ns}/s2`)}`, [1], ['s1', 's2']],
    [
      'text behind a page',
      'bad.b',
      (ns) => `${printed(page(`${ns}/s1`))}\n\n}\n${line(`${ns}/s2`)}`,
      [-1],
      ['s1', 's2'],
    ],
    ['a line that is cut off', 'bad.c', (ns) => `{"server": {\n  ${line(`${ns}/s1`)}`, [1], ['s1']],
    [
      'a key without a value',
      'bad.d',
      (ns) => `${line(`${ns}/s1`)}\n{"server":\n${line(`${ns}/s2`)}`,
      [2],
      ['s1', 's2'],
    ],
    ['a string that does not end', 'bad.e', (ns) => `{"server": "\n${line(`${ns}/s1`)}`, [1], ['s1']],
    ['a comment', 'bad.f', (ns) => `// saved today\n${line(`${ns}/s1`)}`, [1], ['s1']],
    ['brackets alone', 'bad.g', (ns) => `[\n[\n${line(`${ns}/s1`)}`, [1, 2], ['s1']],
    ['something that is not an object', 'bad.h', (ns) => `[1,\n2]\n42\n${line(`${ns}/s1`)}`, [1, 3], ['s1']],
    [
      'an item that is none, in a page',
      'bad.i',
      (ns) => `{"servers": [\n${line(`${ns}/s1`)},\n17,\n${line(`${ns}/s2`)}\n]}`,
      [3],
      ['s1', 's2'],
    ],
    [
      'a page that is cut off, keeping what came before and the page behind',
      'bad.j',
      (ns) => `{"servers": [\n  ${line(`${ns}/s1`)},\n  {"server": {\n${compact(page(`${ns}/s2`))}\n`,
      [3],
      ['s1', 's2'],
    ],
    [
      'a page that ends early',
      'bad.k',
      (ns) => `{"servers": [${line(`${ns}/s1`)},\n${line(`${ns}/s2`).slice(0, 40)}`,
      [2],
      ['s1'],
    ],
  ])('reports %s and keeps the rest', async (name, ns, text, lines, kept) => {
    const content = text(ns);
    const { skipped } = await run(file(`${name}.json`, content));
    const closing = content.split('\n').lastIndexOf('}') + 1;
    expect(skipped.map(({ line }) => line)).toEqual(lines.map((line) => (line === -1 ? closing : line)));
    expect(await namesUnder(ns)).toEqual(kept.map((name) => `${ns}/${name}`));
  });

  it('says where the items of a printed page start', async () => {
    const text = printed({ servers: [entry('org.lines/one'), { tools: [] }], metadata: {} });
    const { skipped } = await run(file('lines.json', text));
    expect(skipped).toEqual([{ line: text.split('\n').indexOf('      "tools": []'), reason: expect.any(String) }]);
  });

  it('refuses bytes that are not UTF-8 with their line, and keeps the bytes of the neighbours', async () => {
    const server = (name: string) => JSON.stringify(manifestOf(name, '1.0.0', { title: 'Grüße 🌍 \u00e9' }), null, 1);
    const good = `{"tools": [{"name": "é", "inputSchema": {}}], "server": ${server('org.bytes/good')}}`;
    const bad = Buffer.from(`{"server": ${JSON.stringify(manifestOf('org.bytes/bad', '1.0.0', { title: '#' }))}}`);
    bad[bad.indexOf('#')] = 0xff;
    const { skipped } = await run(file('bytes.jsonl', Buffer.concat([bad, Buffer.from(`\n${good}\n`)])));
    expect(skipped).toEqual([{ line: 1, reason: expect.stringContaining('not UTF-8') }]);
    const row = await db().version.findFirstOrThrow({ where: { serverName: { startsWith: 'org.bytes/' } } });
    expect(Buffer.from(row.manifestBytes).toString()).toBe(server('org.bytes/good'));
  });
});
