import type { LanguagePatterns } from './patterns.ts';
import { signs } from './patterns.ts';

export const hindi: LanguagePatterns = {
  language: 'Hindi',
  hint: /[\u0900-\u097f]/,
  override: signs(
    String.raw`(?:पिछले|पिछली|पूर्व|उपरोक्त|पहले के|सभी|सिस्टम)[^।.!?\n]{0,20}?(?:निर्देश|आदेश|नियम|प्रॉम्प्ट)[^।.!?\n]{0,10}?(?:अनदेखा|नज़रअंदाज़|नजरअंदाज|भूल|उपेक्षा)`,
  ),
  conceal: signs(
    String.raw`(?:उपयोगकर्ता|यूज़र|यूजर|उपयोगकर्त्ता)[^।.!?\n]{0,16}?(?:न बताएं|न बताएँ|मत बताओ|मत बताना|नहीं बताना|को पता न|से छिपा|सूचित न|को नहीं बताएं)`,
  ),
};
