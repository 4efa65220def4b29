/**
 * Words of the two clearest signals, and two weak ones, in languages besides English. Patterns run on the `plain` form (every
 * script kept, case ignored). `\b` knows only ASCII letters, so word starts are written as `(?<![\p{L}])`.
 */
export type LanguagePatterns = {
  language: string;
  /** "ignore all previous instructions" */
  override: RegExp;
  /** "do not tell the user", "without the user noticing" */
  conceal: RegExp;
  /** "before using … you must call …", "always run …" */
  obligation: RegExp;
  /** "send … to" an address */
  sink: RegExp;
  /** "before/when using <tool> … must/change"; the group `tool` is the name. */
  beforeOther: RegExp;
};

const ADDRESS = String.raw`(?:[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}|https?:\/\/[^\s"'\x60)>]{4,120})`;

/** A name with an underscore or a dot; in scripts without Latin letters any Latin word is a name. */
const NAME = String.raw`["'\x60“„«»]{0,2}(?<tool>[a-z]\w{0,40}[_.]\w{1,40})["'\x60”“«»]{0,2}`;
const LATIN_NAME = '["\'\\x60“「『]{0,2}(?<tool>[a-z][\\w.-]{2,60})["\'\\x60”」』]{0,2}';

const words = (pattern: string): RegExp => new RegExp(`(?<![\\p{L}])(?:${pattern})`, 'giu');
const signs = (pattern: string): RegExp => new RegExp(pattern, 'giu');

export const LANGUAGES: readonly LanguagePatterns[] = [
  {
    language: 'German',
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
  },
  {
    language: 'French',
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
  },
  {
    language: 'Spanish',
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
  },
  {
    language: 'Portuguese',
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
  },
  {
    language: 'Italian',
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
  },
  {
    language: 'Russian',
    override: words(
      String.raw`(?:игнорируй(?:те)?|проигнорируй(?:те)?|забудь(?:те)?|отбрось(?:те)?|не следуй(?:те)?|не обращай(?:те)? внимания на)\s+(?:\p{L}{1,14}\s+){0,3}?(?:предыдущи|прежни|вышеуказанн|вышеизложенн|ранее|все|системн|исходн|первоначальн|сво)\p{L}{0,4}\s+(?:\p{L}{1,14}\s+){0,2}?(?:инструкци|указани|правил|команд|директив|промпт|ограничени)\p{L}{0,3}`,
    ),
    conceal: words(
      String.raw`(?:не\s+(?:говори|сообщай|рассказывай|упоминай|раскрывай|сообщать|говорить|упоминать)\p{L}{0,2}\s+[^.!?\n]{0,50}?(?:пользовател|об этом|никому)\p{L}{0,3}|(?:без\s+ведома|втайне\s+от|скрой\p{L}{0,2}\s+(?:это\s+)?от|скрыва\p{L}{1,3}\s+(?:это\s+)?от)\s+пользовател\p{L}{0,3}|пользовател\p{L}{0,3}\s+не\s+(?:должен|должны)\s+(?:\p{L}{1,10}\s+)?(?:знать|видеть|заметить|узнать))`,
    ),
    obligation: words(
      String.raw`(?:(?:перед|прежде чем)\s+[^.!?\n]{0,80}?(?:необходимо|нужно|должен|должны|обязательно|всегда)|(?:всегда|сначала|обязательно)\s+(?:вызыва\p{L}{1,4}|вызови\p{L}{0,2}|выполн\p{L}{1,4}|чита\p{L}{1,4}|прочита\p{L}{1,4}|отправ\p{L}{1,5}))`,
    ),
    sink: words(
      String.raw`(?:отправ\p{L}{1,5}|пересыла\p{L}{1,4}|перешли\p{L}{0,2}|передай\p{L}{0,2}|скопируй\p{L}{0,2})\s+[^!?\n]{0,80}?(?:на|по адресу)\s+(?:\p{L}{1,12}\s+){0,2}?${ADDRESS}`,
    ),
    beforeOther: words(
      String.raw`(?:перед|прежде чем|когда|при|каждый раз|после)\s+(?:\p{L}{1,16}\s+){0,3}?${LATIN_NAME}[^.!?\n]{0,120}?(?:необходимо|нужно|должен|должна|должны|обязательно|всегда|замени|измени|добавь)`,
    ),
  },
  {
    language: 'Chinese',
    override: signs(
      '(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|不要遵循|跳过|覆盖|無視|忽視|忘記)[^。！？\\n]{0,12}?(?:之前|以前|先前|上述|以上|前面|此前|原有|原来|所有|一切|全部|系统|系統|你的|任何)[^。！？\\n]{0,10}?(?:指令|指示|提示词|提示|命令|规则|規則|说明|要求|约束|限制)',
    ),
    conceal: signs(
      '(?:不要|不得|不能|切勿|请勿|請勿|禁止|无需|無需|不必|别|勿)[^。！？\\n，,]{0,8}?(?:(?:告诉|告訴|告知|透露给|透露給|泄露给)[^。！？\\n]{0,6}?(?:用户|用戶|使用者|客户|任何人)|(?:向|对|對|让|讓)[^。！？\\n，,]{0,4}?(?:用户|用戶|使用者|客户|任何人)[^。！？\\n，,]{0,6}?(?:透露|提及|提到|提起|说明|說明|说|說|披露|知道|发现|發現|察觉|得知))|(?:不要|切勿|请勿|不得|无需)[^。！？\\n，,]{0,4}?(?:提及|提到|透露)(?:此|这|這|该|上述|本)|(?:对|對|向)(?:用户|用戶|使用者)[^。！？\\n]{0,6}?(?:隐瞒|隱瞞|隐藏|保密)|(?:在用户不知情|用户不知道|不让用户|瞒着用户|不被用户)[^。！？\\n]{0,10}',
    ),
    obligation: signs(
      '(?:使用|调用|執行|执行|运行)[^。！？\\n]{0,40}?(?:之前|前)[^。！？\\n]{0,12}?(?:必须|必須|务必|一定要|应当|需要先|首先|请先)|(?:必须|必須|务必|始终|總是|总是|每次|首先)[^。！？\\n]{0,10}?(?:调用|執行|执行|读取|讀取|发送|發送|运行|访问|传递)',
    ),
    sink: signs(
      `(?:发送|發送|转发|轉發|上传|上傳|传送|提交|抄送|复制|推送)[^。！？\\n]{0,40}?(?:到|至|给|給)\\s{0,2}[^。！？\\n]{0,12}?${ADDRESS}|(?:到|至|给|向)\\s{0,2}${ADDRESS}[^。！？\\n]{0,20}?(?:发送|發送|转发|上传|传送|提交)`,
    ),
    beforeOther: signs(
      `(?:使用|调用|調用|執行|执行|运行)\\s{0,2}${LATIN_NAME}\\s{0,2}(?:工具|函数|方法|接口)?\\s{0,2}(?:之前|前|时|時|后|之后|的时候)[^。！？\\n]{0,80}?(?:必须|必須|务必|一定|应当|应该|需要|改为|改成|替换|修改|添加|设为|设置为)`,
    ),
  },
  {
    language: 'Japanese',
    override: signs(
      '(?:これまで|以前|上記|前述|先ほど|今まで|過去|元|すべて|全て|あらゆる|システム|既存)[^。！？\\n]{0,12}?(?:指示|命令|プロンプト|ルール|規則|指令|制約|制限)[^。！？\\n]{0,10}?(?:無視|忘れ|破棄|従わな|従うな|上書き)',
    ),
    conceal: signs(
      '(?:ユーザー?|利用者|使用者|本人)(?:に|へ|には)[^。！？\\n]{0,24}?(?:伝えな|言わな|知らせな|話さな|教えな|明かさな|報告しな|伝えては|言及しな|知られな|気づかれな|秘密|内緒|隠)|(?:このこと|これ|この指示|この処理|この手順)(?:を|は|について)[^。！？\\n]{0,14}?(?:言及しな|触れな|明かさな|伝えな|話さな)|(?:ユーザー?|利用者)(?:が|の)[^。！？\\n]{0,10}?(?:気づかない|気付かない|知らない(?:うち|間|まま))',
    ),
    obligation: signs(
      '(?:使用|呼び出|呼出|実行|利用|使)[^。！？\\n]{0,30}?(?:前に|まえに)[^。！？\\n]{0,30}?(?:必ず|必要|なければ|まず|ください)|(?:必ず|常に|まず|最初に)[^。！？\\n]{0,20}?(?:呼び出|実行し|読み取|読み込|読んで|送信し|渡し)',
    ),
    sink: signs(
      `${ADDRESS}[^。！？\\n]{0,20}?(?:送信|転送|送って|送る|アップロード|コピー|投稿)|(?:送信|転送|アップロード)[^。！？\\n]{0,20}?(?:先|宛)[^。！？\\n]{0,10}?${ADDRESS}`,
    ),
    beforeOther: signs(
      `${LATIN_NAME}\\s{0,2}(?:ツール|関数)?\\s{0,2}(?:を)?(?:使用|呼び出|実行|利用|使う)[^。！？\\n]{0,8}?(?:前に|際|とき|時|後)[^。！？\\n]{0,80}?(?:必ず|必要|なければ|変更|置き換え|追加|書き換え|設定し)`,
    ),
  },
  {
    language: 'Korean',
    override: signs(
      '(?:이전|앞선|위의|위|기존|지금까지의|모든|시스템|원래)[^.!?\\n]{0,14}?(?:지시|명령|프롬프트|규칙|지침|지시사항|제한)[^.!?\\n]{0,10}?(?:무시|잊|따르지|버리)',
    ),
    conceal: signs(
      '(?:사용자|유저|고객|이용자)(?:에게|한테|가|께)[^.!?\\n]{0,24}?(?:말하지|알리지|언급하지|알려주지|밝히지|모르게|숨기|눈치채지|비밀)|(?:이 사실|이것|이 지시|이 과정|이 작업)[^.!?\\n]{0,10}?(?:언급하지|말하지|알리지|밝히지)',
    ),
    obligation: signs(
      '(?:사용|호출|실행)[^.!?\\n]{0,20}?(?:전에|하기 전)[^.!?\\n]{0,30}?(?:반드시|먼저|해야|항상)|(?:반드시|항상|먼저)[^.!?\\n]{0,20}?(?:호출|실행|읽|전송|보내)',
    ),
    sink: signs(`${ADDRESS}[^.!?\\n]{0,20}?(?:보내|전송|전달|업로드|복사)`),
    beforeOther: signs(
      `${LATIN_NAME}\\s{0,2}(?:도구|함수)?(?:을|를)?\\s{0,2}(?:사용|호출|실행)[^.!?\\n]{0,8}?(?:전에|때|후)[^.!?\\n]{0,80}?(?:반드시|해야|변경|바꾸|추가|교체)`,
    ),
  },
];

const HAS_LETTERS = {
  cyrillic: /[\u0400-\u04ff]/,
  kana: /[\u3040-\u30ff]/,
  han: /[\u4e00-\u9fff]/,
  hangul: /[\uac00-\ud7af]/,
} as const;

/** The languages whose script occurs in the text; those in Latin script only where the text has one of their words. */
export function languagesOf(text: string): readonly LanguagePatterns[] {
  return LANGUAGES.filter(({ language }) => {
    if (language === 'Russian') return HAS_LETTERS.cyrillic.test(text);
    if (language === 'Chinese') return HAS_LETTERS.han.test(text);
    if (language === 'Japanese') return HAS_LETTERS.kana.test(text);
    if (language === 'Korean') return HAS_LETTERS.hangul.test(text);
    return LATIN_HINTS[language]?.test(text) ?? true;
  });
}

/** Small words that English does not have; a cheap gate before the long patterns. */
const LATIN_HINTS: Record<string, RegExp> = {
  German: /(?<![\p{L}])(?:der|die|das|den|dem|und|nicht|alle|nutzer|benutzer|anweisungen|ohne|dies|vor)(?![\p{L}])/iu,
  French: /(?<![\p{L}])(?:les|des|ne|pas|utilisateur|instructions?|sans|avant|toutes|vers|rien)(?![\p{L}])/iu,
  Spanish: /(?<![\p{L}])(?:las|los|el|la|no|usuario|sin|antes|todas|instrucciones|siempre)(?![\p{L}])/iu,
  Portuguese: /(?<![\p{L}])(?:as|os|não|usuário|sem|antes|todas|instruções|sempre|nunca)(?![\p{L}])/iu,
  Italian: /(?<![\p{L}])(?:le|gli|non|utente|senza|prima|tutte|istruzioni|sempre)(?![\p{L}])/iu,
};
