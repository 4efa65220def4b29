import type { ScanText } from '../text/scan-text.ts';
import { languagesOf } from './languages/index.ts';
import type { LanguagePatterns } from './languages/patterns.ts';
import { spansOf } from './match.ts';
import { isCited } from './reported.ts';
import type { Signal, SignalSpan, SubjectFacts } from './types.ts';

const known = new WeakMap<ScanText, readonly LanguagePatterns[]>();

/** The languages of a text, worked out once for all signals. */
function languagesIn(text: ScanText): readonly LanguagePatterns[] {
  const languages = known.get(text) ?? languagesOf(text.plain.text);
  known.set(text, languages);
  return languages;
}

const inOtherLanguages = (text: ScanText, part: 'override' | 'conceal' | 'obligation' | 'sink'): SignalSpan[] =>
  languagesIn(text).flatMap((language) => {
    const pattern = language[part];
    const isQuotable = part === 'override' || part === 'conceal';
    return pattern === undefined ? [] : spansOf(text.plain, pattern).filter((span) => !(isQuotable && isCited(span)));
  });

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

const isStranger = (tool: string, facts: SubjectFacts): boolean =>
  tool !== facts.name && !facts.ownWords.has(tool) && !facts.siblings.has(tool);

/** The tool named must be a stranger: the server's own tools may be explained in any language. */
export const foreignCrossTool: Signal = {
  id: 'cross-tool-precondition',
  strength: 'strong',
  group: 'cross-tool',
  says: 'interferes with another tool',
  find: (text, facts) =>
    languagesIn(text).flatMap(({ beforeOther }) =>
      beforeOther === undefined
        ? []
        : spansOf(text.plain, beforeOther, ({ groups }) => isStranger(groups?.tool ?? '', facts)),
    ),
};
