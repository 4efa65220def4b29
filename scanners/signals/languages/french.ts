import type { LanguagePatterns } from './patterns.ts';
import { ADDRESS, NAME, words } from './patterns.ts';

export const french: LanguagePatterns = {
  language: 'French',
  hint: /(?<![\p{L}])(?:les|des|ne|pas|utilisateur|instructions?|sans|avant|toutes|vers|rien)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:ignore[zr]?|oublie[zr]?|néglige[zr]?|outrepasse[zr]?|contourne[zr]?|ne (?:suis|suivez|tiens|tenez) (?:pas|plus)(?: compte)?)\s+(?:d['’]?es?\s+|de\s+)?(?:toutes?\s+|tous\s+)?(?:l[ea]s?\s+|vos\s+|tes\s+|ces\s+|mes\s+)?(?:instructions?|consignes?|directives?|règles?|ordres|prompts?|invites?)\s+(?:\p{L}{1,14}\s+){0,2}?(?:précédente?s?|antérieure?s?|ci-dessus|initiale?s?|d['’]origine|du système|système|existante?s?|reçue?s|de sécurité)`,
  ),
  conceal: words(
    String.raw`(?:ne\s+(?:l['’]|le\s+|la\s+|lui\s+|en\s+)?(?:dis|dites|dire|mentionne[zr]?|révèle[zr]?|révéler|informe[zr]?|préviens|prévenez|parle[zr]?)\s+(?:pas|rien|jamais)\s+[^.!?\n]{0,50}?(?:utilisat(?:eur|rice)|l['’]usager)|ne\s+(?:pas|jamais)\s+(?:le\s+|en\s+|l['’])?(?:dire|mentionner|révéler|informer|prévenir|parler)\s+[^.!?\n]{0,50}?(?:utilisat(?:eur|rice)|l['’]usager|cela|ceci|cette)|ne\s+(?:mentionne[zr]?|révèle[zr]?)\s+(?:pas|jamais)\s+(?:cela|ceci|ces? |cette)|(?:sans\s+(?:que\s+l['’]utilisat(?:eur|rice)|en\s+(?:informer|avertir|parler)|(?:informer|avertir|prévenir|le dire à)\s+l['’]utilisat)|à\s+l['’]insu\s+de\s+l['’]utilisat)|l['’]utilisat(?:eur|rice)\s+ne\s+doit\s+(?:pas|rien|jamais)\s+(?:\p{L}{1,12}\s+){0,2}?(?:savoir|voir|être informé|remarquer))`,
  ),
  obligation: words(
    String.raw`(?:avant\s+(?:d['’]|de\s+|toute?\s+)[^.!?\n]{0,80}?(?:dois|devez|doit|toujours|il faut)|(?:toujours|d['’]abord|impérativement)\s+(?:appele[rz]|exécute[rz]|lire|lis|lisez|envoye[rz]|invoque[rz])|(?:appele|exécute|lise|envoye|invoque)z\s+(?:toujours|d['’]abord))`,
  ),
  sink: words(
    String.raw`(?:envo(?:ie|ye)[zr]?|transm(?:et|ets|ettez|ettre)|transfère[zr]?|transférer|copie[zr]?|poste[zr]?)\s+[^!?\n]{0,80}?(?:à|vers)\s+(?:l['’]\p{L}{1,12}\s+)?${ADDRESS}`,
  ),
  beforeOther: words(
    String.raw`(?:avant|lorsque|quand|chaque fois que|lors|après)\s+(?:d['’])?(?:\p{L}{1,14}['’]?\s*){0,3}?${NAME}[^.!?\n]{0,120}?(?:doit|dois|devez|toujours|remplace[zr]?|change[zr]?|modifie[zr]?|ajoute[zr]?)(?![\p{L}])`,
  ),
};
