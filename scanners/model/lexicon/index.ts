import type { Concept, Lexicon } from '../concepts.ts';
import { english } from './english.ts';
import { german } from './german.ts';
import { arabic, chinese, hebrew, hindi, japanese, korean, persian, thai } from './inside.ts';
import { MORE } from './more.ts';
import { dutch, greek, indonesian, swedish, turkish, vietnamese } from './others.ts';
import { REPORTS } from './reports.ts';
import { french, italian, portuguese, spanish } from './romance.ts';
import { czech, polish, russian, ukrainian } from './slavic.ts';

/** English first; every other language is a table, a line in REPORTS and a name here. */
const TABLES: readonly Lexicon[] = [
  english,
  arabic,
  chinese,
  czech,
  dutch,
  french,
  german,
  greek,
  hebrew,
  hindi,
  indonesian,
  italian,
  japanese,
  korean,
  persian,
  polish,
  portuguese,
  russian,
  spanish,
  swedish,
  thai,
  turkish,
  ukrainian,
  vietnamese,
];

export const LEXICONS: readonly Lexicon[] = TABLES.map((table) => ({
  ...table,
  concepts: joined(table.concepts, REPORTS[table.language], MORE[table.language]),
}));

function joined(...tables: (Lexicon['concepts'] | undefined)[]): Lexicon['concepts'] {
  const concepts: Lexicon['concepts'] = {};
  for (const table of tables)
    for (const [concept, entries] of Object.entries(table ?? {}) as [Concept, string][])
      concepts[concept] = concepts[concept] === undefined ? entries : `${concepts[concept]} ${entries}`;
  return concepts;
}
