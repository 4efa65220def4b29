/**
 * What words are about, whatever the language: poisoned texts differ in words and agree in what they bring together. The model
 * sees which of these stand in one sentence, so that what it learned from English holds for other languages too.
 */
export const CONCEPTS = [
  // What is done.
  'read',
  'send',
  'put',
  'tell',
  'hide',
  'run',
  'call',
  'change',
  'delete',
  'ignore',
  'obey',
  'ask',
  'disable',
  'install',
  'recommend',
  'remember',
  'encode',
  'detect',
  // What it is done to.
  'secret',
  'talk',
  'orders',
  'user',
  'model',
  'you',
  'file',
  'param',
  'money',
  'answer',
  'tools',
  'config',
  'outside',
  'detail',
  'attack',
  // How.
  'not',
  'first',
  'always',
  'must',
  'all',
  'authority',
  'urgent',
  'threat',
  'allowed',
] as const;

export type Concept = (typeof CONCEPTS)[number];

/** What else may stand in a sentence: found by its form, not by a word. */
export const MARKERS = [
  'address',
  'place',
  'account',
  'shell',
  'stranger',
  'quoted',
  'shouted',
  'disguised',
  'code',
  'describes',
  'property',
  'value',
] as const;

export type Marker = (typeof MARKERS)[number];

/**
 * The words of a language for each concept, separated by blanks. `*` at the end stands for any ending, `_` for the blank between
 * words of a phrase. `inside`: a script without blanks, where entries are found anywhere. `stems`: every entry of three letters or
 * more stands for any ending, and may follow particles that are written onto the word.
 */
export type Lexicon = {
  language: string;
  script: 'words' | 'stems' | 'inside';
  /** Small words that show the language of a sentence, for scripts that languages share; a script of its own needs none. */
  small: string;
  concepts: Partial<Record<Concept, string>>;
};
