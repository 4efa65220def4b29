import type { Lexicon } from '../concepts.ts';
import { english } from './english.ts';
import { german } from './german.ts';
import { arabic, chinese, hebrew, hindi, japanese, korean, persian, thai } from './inside.ts';
import { dutch, greek, indonesian, swedish, turkish, vietnamese } from './others.ts';
import { french, italian, portuguese, spanish } from './romance.ts';
import { czech, polish, russian, ukrainian } from './slavic.ts';

/** English first; every other language is a table and a name here. */
export const LEXICONS: readonly Lexicon[] = [
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
