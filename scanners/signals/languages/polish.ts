import type { LanguagePatterns } from './patterns.ts';
import { words } from './patterns.ts';

export const polish: LanguagePatterns = {
  language: 'Polish',
  hint: /(?<![\p{L}])(?:nie|wszystkie|użytkownik\p{L}{0,4}|instrukcje|poprzednie|bez|się)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:z?ignoruj(?:cie)?|zapomnij(?:cie)?|pomiń(?:cie)?|odrzuć(?:cie)?|nie przestrzegaj)\s+(?:\p{L}{1,14}\s+){0,3}?(?:(?:poprzedni|wcześniejsz|powyższ|dotychczasow|wszystki|systemow|swoj|twoj)\p{L}{0,4}\s+){1,3}(?:\p{L}{1,14}\s+){0,2}?(?:instrukcj|poleceni|poleceń|zasad|reguł|wytyczn|komend)\p{L}{0,3}`,
  ),
  conceal: words(
    String.raw`(?:nie\s+(?:mów|mow|informuj|wspominaj|ujawniaj|zdradzaj|powiadamiaj)\p{L}{0,3}\s+[^.!?\n]{0,40}?(?:użytkownik|nikomu)\p{L}{0,5}|(?:bez\s+wiedzy|w\s+tajemnicy\s+przed|ukryj\p{L}{0,3}\s+(?:to\s+)?przed)\s+użytkownik\p{L}{0,4}|użytkownik\s+nie\s+(?:może|powinien)\s+(?:\p{L}{1,14}\s+){0,2}?(?:wiedzieć|zobaczyć|zauważyć))`,
  ),
};
