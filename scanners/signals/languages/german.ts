import type { LanguagePatterns } from './patterns.ts';
import { ADDRESS, NAME, words } from './patterns.ts';

export const german: LanguagePatterns = {
  language: 'German',
  hint: /(?<![\p{L}])(?:der|die|das|den|dem|und|nicht|alle|nutzer|benutzer|anweisungen|ohne|dies|vor)(?![\p{L}])/iu,
  override: words(
    String.raw`(?:ignorier(?:e|en|t)?|vergiss|vergessen|missachte[nt]?|übergehe?n?|verwirf|umgehe?n?)(?:\s+sie)?\s+(?:\p{L}{1,14}\s+){0,3}?(?:(?:vorherig|bisherig|vorangegangen|vorig|obig|früher|ursprünglich|bestehend|all|sämtlich|dein|ihr|system)\p{L}{0,3}\s+){1,3}(?:\p{L}{1,14}\s+){0,2}?(?:anweisung|instruktion|befehl|vorgabe|regel|richtlinie|prompt|systemprompt|sicherheitsregel)\p{L}{0,3}`,
  ),
  conceal: words(
    String.raw`(?:(?:sag|erzähl|verrat|teil|erwähn|informier|verschweig|offenbar)\p{L}{0,5}\s+(?:\p{L}{1,14}\s+){0,6}?(?:(?:nutzer|benutzer|anwender|user)\p{L}{0,4}|niemandem)\s+(?:\p{L}{1,14}\s+){0,4}?(?:nichts|nicht|davon nicht|kein\p{L}{0,2})|(?:sag|erwähn|verrat|informier)\p{L}{0,5}\s+(?:\p{L}{1,14}\s+){0,3}?(?:nichts|nicht|niemals)\s+(?:\p{L}{1,14}\s+){0,5}?(?:nutzer|benutzer|anwender|user)|ohne\s+(?:dass\s+)?(?:de[rnms]\s+)?(?:nutzer|benutzer|anwender)\p{L}{0,3}\s+(?:\p{L}{1,14}\s+){0,4}?(?:zu\s+(?:informieren|fragen|benachrichtigen)|merk\p{L}{1,3}|bemerk\p{L}{1,3}|erfähr?t|wissen|weiß)|(?:nutzer|benutzer|anwender)\p{L}{0,3}\s+(?:darf|dürfen|soll|sollen)\s+(?:\p{L}{1,14}\s+){0,4}?(?:nichts|nicht)\s+(?:\p{L}{1,14}\s+){0,3}?(?:erfahren|wissen|merken|sehen|bemerken)|erwähn\p{L}{0,3}\s+(?:dies|das|es)\s+(?:nicht|niemals|nie)(?![\p{L}]))`,
  ),
  obligation: words(
    String.raw`(?:(?:bevor|vor\s+(?:der|dem|jeder|jedem|allen))\s+[^.!?\n]{0,80}?\s(?:muss|musst|müssen|sollst|immer|zuerst)|(?:immer|stets|zuerst|unbedingt)\s+(?:\p{L}{1,14}\s+){0,3}?(?:aufrufen|ausführen|lesen|senden|auslesen|übergeben)|(?:lies|rufe?|führe?|sende?|öffne)\s+(?:immer|stets|zuerst|vorher))`,
  ),
  sink: words(
    String.raw`(?:send|schick|leit|übermittl|übertrag|kopier)\p{L}{0,5}\s+[^!?\n]{0,80}?(?:an|zu|nach)\s+(?:\p{L}{1,12}\s+){0,2}${ADDRESS}`,
  ),
  beforeOther: words(
    String.raw`(?:bevor|wenn|sobald|immer wenn|vor|nach)\s+(?:\p{L}{1,14}\s+){0,3}?${NAME}[^.!?\n]{0,120}?(?:muss|müssen|musst|sollst|immer|stets|zuerst|ersetze|ändere|füge)(?![\p{L}])`,
  ),
};
