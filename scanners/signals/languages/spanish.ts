import type { LanguagePatterns } from './patterns.ts';
import { ADDRESS, NAME, words } from './patterns.ts';

export const spanish: LanguagePatterns = {
  language: 'Spanish',
  hint: /(?<![\p{L}])(?:las|los|el|la|no|usuario|sin|antes|todas|instrucciones|siempre)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:ignor(?:a|e|ar|en)|olvid(?:a|e|ar)|omit(?:e|a|ir)|desestim(?:a|e|ar)|anul(?:a|e|ar)|no sigas|no obedezcas)\s+(?:(?:todas?|todos|cualquier)\s+)?(?:l[ao]s\s+|tus\s+|sus\s+|estas\s+|de\s+)?(?:instruccion(?:es)?|indicaciones|órdenes|reglas|directrices|directivas|prompts?|restricciones)\s+(?:\p{L}{1,14}\s+){0,2}?(?:anterior(?:es)?|previ[ao]s?|de arriba|originales|iniciales|del sistema|existentes|recibidas|de seguridad)`,
  ),
  conceal: words(
    String.raw`(?:(?:no|nunca|jamás)\s+(?:se\s+)?(?:lo\s+|le\s+|la\s+)?(?:digas?|diga|menciones?|mencione|reveles?|revele|informes?|informe|cuentes|decir|mencionar|revelar|informar)\s*[^.!?\n]{0,50}?(?:usuari[oa]|esto|nadie)|sin\s+(?:que\s+(?:el|la)\s+usuari[oa]|(?:informar|avisar|notificar|decir(?:le|lo)?|mencionar(?:lo|selo)?)\s+(?:al?\s+)?(?:el\s+|la\s+)?usuari[oa])|(?:el|la)\s+usuari[oa]\s+no\s+debe\s+(?:saber|ver|enterarse|notar|darse cuenta))`,
  ),
  obligation: words(
    String.raw`(?:antes\s+de\s+[^.!?\n]{0,80}?(?:debes?|tienes? que|siempre|hay que)|(?:siempre|primero)\s+(?:llam\p{L}{1,3}|ejecut\p{L}{1,3}|le[ea]r?|lea|envía\p{L}{0,2}|invoc\p{L}{1,4})|debes?\s+(?:siempre\s+|primero\s+)?(?:llamar|ejecutar|leer|enviar|invocar))`,
  ),
  sink: words(
    String.raw`(?:env[ií]\p{L}{1,4}|reenv[ií]\p{L}{1,3}|transmit\p{L}{1,3}|sub(?:e|ir)|copi\p{L}{1,3})\s+[^!?\n]{0,80}?(?:a|hacia)\s+(?:\p{L}{1,12}\s+){0,2}?${ADDRESS}`,
  ),
  beforeOther: words(
    String.raw`(?:antes de|cuando|al|siempre que|cada vez que|después de)\s+(?:\p{L}{1,14}\s+){0,3}?${NAME}[^.!?\n]{0,120}?(?:debes?|siempre|tienes que|hay que|cambia|reemplaza|modifica|agrega|añade)(?![\p{L}])`,
  ),
};
