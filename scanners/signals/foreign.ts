import type { ScanText } from '../text/scan-text.ts';
import type { LanguagePatterns } from './languages.ts';
import { languagesOf } from './languages.ts';
import { spansOf } from './match.ts';
import type { Signal, SignalSpan } from './types.ts';

const inOtherLanguages = (
  text: ScanText,
  part: Exclude<keyof LanguagePatterns, 'language' | 'beforeOther'>,
): SignalSpan[] =>
  languagesOf(text.plain.text).flatMap((language: LanguagePatterns) => spansOf(text.plain, language[part]));

export const foreignOverride: Signal = {
  id: 'override-phrase',
  strength: 'strong',
  group: 'override',
  says: 'tells the model to drop the instructions it has',
  find: (text) => inOtherLanguages(text, 'override'),
};

export const foreignConceal: Signal = {
  id: 'conceal-from-user',
  strength: 'strong',
  group: 'conceal',
  says: 'tells the model to keep something from the user',
  find: (text) => inOtherLanguages(text, 'conceal'),
};

export const foreignObligation: Signal = {
  id: 'obligation',
  strength: 'weak',
  group: 'obligation',
  says: 'orders the model to do something else first or always',
  find: (text) => inOtherLanguages(text, 'obligation'),
};

export const foreignSink: Signal = {
  id: 'external-sink',
  strength: 'weak',
  group: 'sink',
  says: 'sends data to an address of its own',
  find: (text) => inOtherLanguages(text, 'sink'),
};

/** The tool named must be a stranger: the server's own tools may be explained in any language. */
export const foreignCrossTool: Signal = {
  id: 'cross-tool-precondition',
  strength: 'strong',
  group: 'cross-tool',
  says: 'interferes with another tool',
  find: ({ plain }, facts) =>
    languagesOf(plain.text).flatMap(({ beforeOther }) =>
      spansOf(plain, beforeOther, ({ groups }) => {
        const tool = groups?.tool ?? '';
        return tool !== facts.name && !facts.ownWords.has(tool) && !facts.siblings.has(tool);
      }),
    ),
};
