import type { LanguagePatterns } from './patterns.ts';
import { ADDRESS, NAME, words } from './patterns.ts';

export const portuguese: LanguagePatterns = {
  language: 'Portuguese',
  hint: /(?<![\p{L}])(?:as|os|não|usuário|sem|antes|todas|instruções|sempre|nunca)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:ignor(?:e|ar|em)|esqueç[ao]m?|esquecer|desconsider(?:e|ar)|não sig[ao])\s+(?:(?:todas?|todos|quaisquer)\s+)?(?:[ao]s\s+|suas\s+|essas\s+)?(?:instruç(?:ões|ão)|orientações|ordens|regras|diretrizes|comandos|prompts?|restrições)\s+(?:\p{L}{1,14}\s+){0,2}?(?:anterior(?:es)?|prévi[ao]s?|acima|originais|iniciais|do sistema|existentes|de segurança)`,
  ),
  conceal: words(
    String.raw`(?:(?:não|nunca|jamais)\s+(?:o\s+|lhe\s+)?(?:diga|conte|mencione|revele|informe|conte|dizer|contar|mencionar|revelar|informar)\s*[^.!?\n]{0,50}?(?:usuári[oa]|utilizador|isso|isto|ninguém)|sem\s+(?:que\s+o\s+(?:usuári[oa]|utilizador)|(?:informar|avisar|notificar|contar|mencionar)\s+(?:[ao]o?\s+)?(?:usuári[oa]|utilizador))|o\s+(?:usuári[oa]|utilizador)\s+não\s+(?:deve|pode)\s+(?:saber|ver|perceber|notar))`,
  ),
  obligation: words(
    String.raw`(?:antes\s+de\s+[^.!?\n]{0,80}?(?:deve|precisa|sempre|é preciso)|(?:sempre|primeiro)\s+(?:cham\p{L}{1,3}|execut\p{L}{1,3}|leia|ler|envi\p{L}{1,3}|invoq?\p{L}{1,4}))`,
  ),
  sink: words(
    String.raw`(?:envi\p{L}{1,3}|encaminh\p{L}{1,3}|transmit\p{L}{1,3}|copi\p{L}{1,3})\s+[^!?\n]{0,80}?(?:para|a)\s+(?:\p{L}{1,12}\s+){0,2}?${ADDRESS}`,
  ),
  beforeOther: words(
    String.raw`(?:antes de|quando|ao|sempre que|depois de)\s+(?:\p{L}{1,14}\s+){0,3}?${NAME}[^.!?\n]{0,120}?(?:deve|sempre|precisa|mude|substitua|altere|adicione|inclua)(?![\p{L}])`,
  ),
};
