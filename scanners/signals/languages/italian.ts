import type { LanguagePatterns } from './patterns.ts';
import { ADDRESS, NAME, words } from './patterns.ts';

export const italian: LanguagePatterns = {
  language: 'Italian',
  hint: /(?<![\p{L}])(?:le|gli|non|utente|senza|prima|tutte|istruzioni|sempre)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:ignor(?:a|are|ate|i)|dimentic(?:a|are|ate)|trascur(?:a|are)|non seguire)\s+(?:(?:tutt[ei]|qualsiasi)\s+)?(?:l[ae]\s+|gli\s+|i\s+|tue\s+|queste\s+)?(?:istruzion[ie]|indicazioni|ordini|regole|direttive|comandi|prompt|restrizioni)\s+(?:\p{L}{1,14}\s+){0,2}?(?:precedent[ei]|anterior[ei]|sopra|original[ei]|inizial[ei]|di sistema|del sistema|esistenti|di sicurezza)`,
  ),
  conceal: words(
    String.raw`(?:(?:non|mai)\s+(?:lo\s+)?(?:dire|dirlo|menzionare|menzionarlo|rivelare|informare|avvisare|dica|menzioni|riveli)\s*[^.!?\n]{0,50}?(?:utente|questo|nessuno)|senza\s+(?:che\s+l['’]utente|(?:informare|avvisare|dirlo all|notificare)\p{L}{0,3}['’]?\s*(?:l['’])?utente)|l['’]utente\s+non\s+deve\s+(?:sapere|vedere|accorgersi|notare))`,
  ),
  obligation: words(
    String.raw`(?:prima\s+di\s+[^.!?\n]{0,80}?(?:devi|deve|sempre|bisogna)|(?:sempre|prima)\s+(?:chiam\p{L}{1,4}|esegui\p{L}{0,2}|legg\p{L}{1,3}|invia\p{L}{0,2}))`,
  ),
  sink: words(
    String.raw`(?:invi\p{L}{1,4}|inoltr\p{L}{1,4}|trasmett\p{L}{1,3}|copi\p{L}{1,4})\s+[^!?\n]{0,80}?(?:a|all['’]|verso)\s*(?:\p{L}{1,12}\s+){0,2}?${ADDRESS}`,
  ),
  beforeOther: words(
    String.raw`(?:prima di|quando|ogni volta che|dopo)\s+(?:\p{L}{1,14}\s+){0,3}?${NAME}[^.!?\n]{0,120}?(?:devi|deve|sempre|bisogna|cambia|sostituisci|modifica|aggiungi)(?![\p{L}])`,
  ),
};
