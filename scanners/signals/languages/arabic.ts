import type { LanguagePatterns } from './patterns.ts';
import { signs } from './patterns.ts';

export const arabic: LanguagePatterns = {
  language: 'Arabic',
  hint: /[\u0600-\u06ff]/,
  override: signs(
    String.raw`(?:تجاهل|تجاهلي|انس|انسَ|تخطى|تخط)\s+[^.!؟\n]{0,20}?(?:التعليمات|الأوامر|الارشادات|الإرشادات|القواعد|التوجيهات)\s+(?:السابقة|أعلاه|الأصلية|الحالية|النظام)`,
  ),
  conceal: signs(
    String.raw`(?:لا|دون أن|بدون أن|من دون)\s{0,2}(?:تخبر|تخبري|تذكر|تكشف|تبلغ|تُخبر|إخبار|ابلاغ|إبلاغ|يعلم|يعرف)\s+[^.!؟\n]{0,20}?(?:المستخدم|أحد)|(?:دون علم|بدون علم|دون معرفة)\s+المستخدم`,
  ),
};
