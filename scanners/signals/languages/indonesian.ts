import type { LanguagePatterns } from './patterns.ts';
import { words } from './patterns.ts';

export const indonesian: LanguagePatterns = {
  language: 'Indonesian',
  hint: /(?<![\p{L}])(?:abaikan|jangan|tanpa|pengguna|semua|dan|lupakan)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:abaikan|lupakan|jangan ikuti)\s+(?:\p{L}{1,14}\s+){0,2}?(?:instruksi|perintah|aturan|petunjuk|arahan)\s+(?:\p{L}{1,14}\s+){0,2}?(?:sebelumnya|di atas|terdahulu|sistem|awal)`,
  ),
  conceal: words(
    String.raw`(?:jangan\s+(?:beri\s?tahu|katakan|sebutkan|ungkapkan|informasikan)\p{L}{0,3}\s+[^.!?\n]{0,40}?(?:pengguna|siapa ?pun|ini)|tanpa\s+(?:sepengetahuan|diketahui|memberi\s?tahu)\s+(?:oleh\s+)?pengguna)`,
  ),
};
