import type { LanguagePatterns } from './patterns.ts';
import { words } from './patterns.ts';

export const turkish: LanguagePatterns = {
  language: 'Turkish',
  hint: /(?<![\p{L}])(?:tüm|bütün|önceki|kullanıcı\p{L}{0,4}|ve|bu|bir)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:önceki|yukarıdaki|mevcut|tüm|bütün|sistem)\s+(?:\p{L}{1,14}\s+){0,3}?(?:talimat|yönerge|komut|kural|istem)\p{L}{0,10}\s+(?:yok\s*say|görmezden\s+gel|unut|dikkate\s+alma|göz\s+ardı\s+et)`,
  ),
  conceal: words(
    String.raw`kullanıcı(?:ya|dan|nın)\p{L}{0,3}\s+(?:\p{L}{1,14}\s+){0,4}?(?:söyleme|bahsetme|bildirme|gizle|haber\s+verme|açıklama(?:yın|dan)|haberi\s+olma)`,
  ),
};
