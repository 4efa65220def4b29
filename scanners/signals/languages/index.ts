import { arabic } from './arabic.ts';
import { chinese } from './chinese.ts';
import { dutch } from './dutch.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import { hindi } from './hindi.ts';
import { indonesian } from './indonesian.ts';
import { italian } from './italian.ts';
import { japanese } from './japanese.ts';
import { korean } from './korean.ts';
import type { LanguagePatterns } from './patterns.ts';
import { polish } from './polish.ts';
import { portuguese } from './portuguese.ts';
import { russian } from './russian.ts';
import { spanish } from './spanish.ts';
import { turkish } from './turkish.ts';

/** Every language besides English; a new one is a file and a line here. */
export const LANGUAGES: readonly LanguagePatterns[] = [
  arabic,
  chinese,
  dutch,
  french,
  german,
  hindi,
  indonesian,
  italian,
  japanese,
  korean,
  polish,
  portuguese,
  russian,
  spanish,
  turkish,
];

/** The languages that the text may be written in. */
export const languagesOf = (text: string): readonly LanguagePatterns[] =>
  LANGUAGES.filter(({ hint }) => hint.test(text));
