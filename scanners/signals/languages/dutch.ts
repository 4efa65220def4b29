import type { LanguagePatterns } from './patterns.ts';
import { words } from './patterns.ts';

export const dutch: LanguagePatterns = {
  language: 'Dutch',
  hint: /(?<![\p{L}])(?:de|het|een|niet|alle|gebruiker|instructies|zonder|dit)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:negeer|vergeet|omzeil|sla)\s+(?:\p{L}{1,14}\s+){0,3}?(?:(?:vorige|eerdere|bovenstaande|voorgaande|alle|bestaande|oorspronkelijke|je)\s+){1,3}(?:\p{L}{1,14}\s+){0,2}?(?:instructies?|opdrachten|regels|richtlijnen|prompts?|aanwijzingen)`,
  ),
  conceal: words(
    String.raw`(?:(?:vertel|zeg|meld|onthul|noem)\s+(?:\p{L}{1,14}\s+){0,6}?(?:gebruiker|niemand)\p{L}{0,2}\s+(?:\p{L}{1,14}\s+){0,4}?(?:niets|niet|nooit)|(?:vertel|zeg|meld|noem)\s+(?:dit|het|dat)\s+(?:niet|nooit)|zonder\s+(?:dat\s+)?(?:de\s+)?gebruiker\s+(?:\p{L}{1,14}\s+){0,4}?(?:weet|merkt|informeren|vertellen)|gebruiker\s+(?:mag|moet)\s+(?:\p{L}{1,14}\s+){0,3}?(?:niets|niet)\s+(?:\p{L}{1,14}\s+){0,2}?(?:weten|merken|zien))`,
  ),
};
