import type { Lexicon } from '../concepts.ts';

type Reports = Pick<Lexicon['concepts'], 'detect' | 'attack'>;

/**
 * Words of texts that speak about attacks instead of attacking: what a scanner does with them, and what they are called. Kept
 * apart from the other tables because they are worth something only together with quotation.
 */
export const REPORTS: Record<string, Reports> = {
  en: {
    detect:
      'detect* scan scans scanned scanner* scanning flag flags flagged flagging block blocks blocked blocking filter filters filtered filtering warns recogniz* recognis* rejects rejected refuses prevents preventing sanitiz* sanitis* redact* strips quarantine* classif* identifies checks_for looks_for searches_for attempts_to attempt_to attempting_to defend* defense defence guards mitigat* such_as for_example for_instance e.g example examples phrases tests_for',
    attack:
      'attack* injection* jailbreak* malicious phishing exploit* poisoning poisoned adversarial suspicious hostile untrusted payload* threats vulnerab* malware spoof* impersonat* red-team* redteam*',
  },
  ar: {
    detect: 'يكشف اكتشاف كشف يفحص فحص يحظر حظر تصفية يصفي يمنع يحذر يرفض مثل',
    attack: 'هجوم هجمات حقن خبيث ضار مشبوه تصيد',
  },
  zh: {
    detect:
      '检测 檢測 扫描 掃描 标记 標記 拦截 攔截 阻止 过滤 過濾 识别 識別 警告 拒绝 拒絕 防止 防御 例如 比如 诸如 示例',
    attack: '攻击 攻擊 注入 越狱 越獄 恶意 惡意 钓鱼 可疑 投毒 威胁 漏洞',
  },
  cs: {
    detect: 'detek* odhal* skenuj* blokuj* filtruj* označuje varuje odmítá rozpozn* zabraň* například kontroluje',
    attack: 'útok* injekc* škodliv* podezřel* podvodn* jailbreak* zneužit*',
  },
  nl: {
    detect:
      'detecte* scant scannen markeert blokkeer* filtert filteren herkent herken* waarschuwt weigert voorkomt bijvoorbeeld zoals',
    attack: 'aanval* injectie* kwaadaardig* schadelijk* verdacht* phishing jailbreak*',
  },
  fr: {
    detect:
      'détect* analyse scanne signale signaler bloque bloquer filtre filtrer reconnaît reconnaitre avertit refuse rejette empêche repère identifie tel_que telles_que tels_que par_exemple comme',
    attack: 'attaque* injection* malveillant* hameçonnage suspect* suspecte* jailbreak* hostile* piégé*',
  },
  de: {
    detect:
      'erkenn* scannt prüft meldet markiert blockier* filter* warnt verhinder* verweigert weist lehnt identifizier* beispielsweise zum_beispiel etwa wie',
    attack: 'angriff* angreif* injektion* injection* schädlich* bösartig* verdächtig* phishing jailbreak*',
  },
  el: {
    detect: 'ανιχνεύ* εντοπίζ* σαρών* αποκλεί* μπλοκάρ* φιλτράρ* προειδοποι* αναγνωρίζ* αποτρέπ* απορρίπτ* όπως',
    attack: 'επίθεσ* επιθέσ* κακόβουλ* ύποπτ* έγχυσ* ηλεκτρονικό_ψάρεμα',
  },
  he: {
    detect: 'מזהה זיהוי סורק סריקה חוסם חסימה מסנן מתריע דוחה מונע למשל כגון',
    attack: 'התקפה התקפות הזרקה זדוני זדונית חשוד דיוג',
  },
  hi: {
    detect: 'पहचान जाँच जांच स्कैन चिह्नित अवरुद्ध रोकता रोकती फ़िल्टर चेतावनी अस्वीकार जैसे उदाहरण',
    attack: 'हमला हमले हमलों इंजेक्शन दुर्भावनापूर्ण संदिग्ध फ़िशिंग',
  },
  id: {
    detect:
      'mendeteksi deteksi memindai menandai memblokir menyaring mengenali memperingatkan menolak mencegah misalnya seperti contoh',
    attack: 'serangan injeksi berbahaya jahat mencurigakan phishing jailbreak',
  },
  it: {
    detect:
      'rilev* scansion* analizza segnala segnalare blocca bloccare filtra filtrare riconosce avvisa rifiuta previene impedisce individua ad_esempio come',
    attack: 'attacc* iniezion* injection dannos* malevol* sospett* phishing jailbreak*',
  },
  ja: {
    detect:
      '検出 検知 スキャン 検査 ブロック 遮断 フィルタ 警告し 拒否 防止 防ぐ 防ぎ 識別 判定 例えば たとえば などの といった',
    attack: '攻撃 インジェクション 脱獄 悪意 不審 フィッシング 有害 脅威',
  },
  ko: {
    detect: '탐지 감지 검사 스캔 표시합니다 차단 필터 경고합니다 거부 방지 식별 예를 같은',
    attack: '공격 인젝션 주입 탈옥 악성 악의적 의심스러운 피싱 위협',
  },
  fa: {
    detect: 'تشخیص شناسایی اسکن بررسی مسدود فیلتر هشدار جلوگیری مانند مثلا',
    attack: 'حمله حملات تزریق مخرب مشکوک فیشینگ',
  },
  pl: {
    detect:
      'wykryw* skanuj* oznacza blokuj* filtruj* rozpozna* ostrzega odrzuca odmawia zapobiega identyfikuj* na_przykład takie_jak',
    attack: 'atak* wstrzyk* złośliw* szkodliw* podejrzan* phishing* jailbreak*',
  },
  pt: {
    detect:
      'detect* detet* analisa verifica sinaliza marca bloque* filtra filtrar reconhece avisa alerta recusa rejeita previne impede identifica por_exemplo tais_como como',
    attack: 'ataque* injeção injeções malicios* suspeit* phishing jailbreak* hostil',
  },
  ru: {
    detect:
      'обнаруж* выявля* сканир* помеча* блокир* фильтр* распозна* предупреждает отклоня* отказыва* предотвращ* проверяет например таких_как вроде',
    attack: 'атак* инъекц* вредонос* подозрительн* фишинг* джейлбрейк* злонамеренн* угроз*',
  },
  es: {
    detect:
      'detect* analiza escanea señala marca bloque* filtra filtrar reconoce advierte avisa rechaza previene impide identifica por_ejemplo tales_como como',
    attack: 'ataque* inyección inyecciones malicios* sospechos* phishing jailbreak* hostil',
  },
  sv: {
    detect:
      'upptäck* skanna* flagga* blocker* filtrer* känner_igen varnar avvisar förhindra* identifier* till_exempel såsom',
    attack: 'attack* angrepp* injektion* skadlig* misstänkt* nätfiske jailbreak*',
  },
  th: {
    detect: 'ตรวจจับ ตรวจสอบ สแกน บล็อก กรอง เตือน ปฏิเสธ ป้องกัน เช่น ตัวอย่าง',
    attack: 'โจมตี อันตราย ประสงค์ร้าย น่าสงสัย ฟิชชิง',
  },
  tr: {
    detect: 'algıla* tespit tarar tarama işaretle* engelle* filtrele* tanır uyarır reddeder önler örneğin gibi',
    attack: 'saldırı* enjeksiyon* zararlı kötü_amaçlı şüpheli oltalama jailbreak*',
  },
  uk: {
    detect:
      'виявля* сканує познача* блокує блокув* фільтр* розпізна* попереджає відхиля* запобіга* перевіряє наприклад таких_як',
    attack: "атак* інʼєкц* ін'єкц* шкідлив* підозріл* фішинг* зловмисн* загроз*",
  },
  vi: {
    detect: 'phát_hiện quét đánh_dấu chặn lọc nhận_diện cảnh_báo từ_chối ngăn_chặn ví_dụ chẳng_hạn như',
    attack: 'tấn_công chèn độc_hại đáng_ngờ lừa_đảo',
  },
};
