import type { SubjectFacts } from '../signals/types.ts';
import type { ScanText } from '../text/scan-text.ts';
import type { Subject } from '../text/snapshot-texts.ts';
import type { Concept, Marker } from './concepts.ts';
import { conceptsOf, dictionary, languageOf, phraseAt } from './lookup.ts';

/** A concept or marker at its place; `isOwn` when the tool's own name speaks of it. */
export type Mention = { what: Concept | Marker; isOwn: boolean };

/** A sentence of one text, or a property's name, taken apart. */
export type Sentence = {
  text: ScanText;
  /** Offsets in `text.latin.text`. */
  start: number;
  end: number;
  language: string;
  words: readonly string[];
  mentions: readonly Mention[];
};

/** Some sentences that stand one after another in what the model reads, perhaps in several fields. */
export type Passage = readonly Sentence[];

const TOKEN = /[.]?[\p{L}\p{M}\p{N}]+(?:[_'’.-][\p{L}\p{M}\p{N}]+)*/gu;
/** Named arguments and members of an object: an example of a call rather than a sentence. */
const CODE = /\w=["'[{\d]|\w["']\s?:|[\w"\]]\)\s?$/g;
const CODE_SIGNS = 3;
const IDENTIFIER = /^[a-z][a-z0-9]*(?:_|[A-Z])/;
const LITERALS: readonly [Marker, RegExp][] = [
  [
    'address',
    /\b[\w.+-]{1,40}@[\w-]{1,40}\.[\w.]{2,20}|\b(?:https?|ftp|wss?):\/\/[^\s"'`)>]{4,120}|\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
  ],
  [
    'place',
    /(?:~|\$HOME|\/home\/\w{1,30}|\/root|%USERPROFILE%)[/\\][\w./\\-]{2,60}|\.ssh\b|\bid_(?:rsa|ed25519|ecdsa|dsa)\b|\.aws\b|\/etc\/\w{2,20}|\/proc\/\w{1,10}\/environ|(?<![\w])\.(?:env|netrc|npmrc|pypirc|pgpass|gnupg|kube|git-credentials|bash_history)\b|\bmcp\.json\b/g,
  ],
  ['account', /\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b|\b0x[0-9a-fA-F]{40}\b|\+\d{8,14}\b|(?<![\w.-])\d{6,30}(?![\w.-])/g],
  [
    'shell',
    /\b(?:curl|wget)\s+[-"'h$@]|\brm\s+-[rf]|\|\s?(?:ba|z)?sh\b|\bchmod\s|\bcat\s+[~/$.]|\bpython3?\s+-c\b|\bsudo\s|\bpip3?\s+install\b|\bnpx\s+-?\w|\bprintenv\b|\$\(|--privileged\b/g,
  ],
  ['quoted', /`[a-z][\w-]{0,40}`|\bthe ["'][a-z][\w-]{0,40}["']/g],
  ['shouted', /\b[A-Z]{4,20}(?: [A-Z]{2,20}){1,6}\b/g],
];
/** "Returns …", "Lists …": a sentence that describes. */
const THIRD_PERSON = /^\W{0,4}[A-Z][a-z]{1,14}[^s\W]s\s/;
/** `1gn0r3`, `p4ssw0rd`: digits for letters. */
const LEET = /^[a-z0-9]{5,20}$/;
const LEET_DIGITS: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' };

/** Sentences in one passage; a poisoned text says what it wants in two or three. */
const PASSAGE_SENTENCES = 3;
/** Names of properties that may stand between them. */
const PASSAGE_PARTS = 10;
/** Words in the name of a property that says more than what it holds. */
const KEY_WORDS = 4;
/** Words of one sentence that are read; longer ones were divided before. */
const SENTENCE_WORDS = 400;

/** Every run of sentences of a subject, in the order of its fields. */
export function passagesOf(subject: Pick<Subject, 'texts'>, facts: SubjectFacts): Passage[] {
  const topics = topicsOf(facts.name);
  const sentences = subject.texts.flatMap((text) => sentencesIn(text, facts, topics));
  return sentences.map((_, from) => {
    let to = from;
    for (let prose = 0; to < sentences.length && to - from < PASSAGE_PARTS && prose < PASSAGE_SENTENCES; to++)
      if (sentences[to]?.text.kind !== 'key') prose++;
    return sentences.slice(from, to);
  });
}

/** What a tool's name says it is about. */
function topicsOf(name: string): ReadonlySet<Concept> {
  const english = dictionary('en');
  return new Set(splitIdentifier(name).flatMap((word) => conceptsOf(word, english)));
}

const splitIdentifier = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');

function sentencesIn(text: ScanText, facts: SubjectFacts, topics: ReadonlySet<Concept>): Sentence[] {
  if (text.kind === 'name') return [];
  if (!text.isProse) {
    const words = text.kind === 'key' ? splitIdentifier(text.original) : [];
    return words.length < KEY_WORDS ? [] : [sentenceOf(text, 0, text.latin.text.length, words, [], topics)];
  }
  const whole = text.latin.text;
  return text.sentences.flatMap(({ start, end }) => {
    const { words, markers } = tokensOf(whole.slice(start, end), facts);
    return words.length + markers.length === 0 ? [] : [sentenceOf(text, start, end, words, markers, topics)];
  });
}

function tokensOf(sentence: string, facts: SubjectFacts): { words: string[]; markers: Marker[] } {
  const words: string[] = [];
  const markers: Marker[] = [];
  for (const [marker, pattern] of LITERALS) {
    const found = sentence.match(pattern)?.length ?? 0;
    if (found > 0) markers.push(marker);
  }
  if ((sentence.match(CODE)?.length ?? 0) >= CODE_SIGNS) markers.push('code');
  for (const [token] of sentence.matchAll(TOKEN)) {
    if (words.length >= SENTENCE_WORDS) break;
    if (IDENTIFIER.test(token)) {
      const isKnown = token === facts.name || facts.ownWords.has(token) || facts.siblings.has(token);
      if (!isKnown && !markers.includes('stranger')) markers.push('stranger');
      words.push('_');
      continue;
    }
    if (token.includes('_')) words.push(...splitIdentifier(token));
    else words.push(token.toLowerCase().replaceAll('’', "'").replaceAll('\u0307', ''));
  }
  return { words, markers };
}

function sentenceOf(
  text: ScanText,
  start: number,
  end: number,
  words: readonly string[],
  markers: readonly Marker[],
  topics: ReadonlySet<Concept>,
): Sentence {
  const sentence = text.latin.text.slice(start, end);
  const language = text.kind === 'key' ? 'en' : languageOf(sentence, words);
  const mentions: Mention[] = [];
  const add = (concept: Concept) => mentions.push({ what: concept, isOwn: topics.has(concept) });
  const { anywhere, exact, ...rest } = dictionary(language);
  const known = { anywhere, exact, ...rest };
  if (anywhere !== null) for (const [entry] of sentence.matchAll(anywhere)) exact.get(entry)?.forEach(add);
  else
    for (let i = 0; i < words.length; i++) {
      const phrase = phraseAt(words, i, known);
      if (phrase !== null) {
        add(phrase.concept);
        i += phrase.length - 1;
        continue;
      }
      const word = words[i] as string;
      const found = conceptsOf(word, known);
      if (found.length > 0) found.forEach(add);
      else if (/['-]/.test(word)) for (const part of word.split(/['-]/)) conceptsOf(part, known).forEach(add);
      else if (
        LEET.test(word) &&
        /\d/.test(word) &&
        conceptsOf(
          word.replace(/\d/g, (digit) => LEET_DIGITS[digit] ?? digit),
          known,
        ).length > 0
      )
        mentions.push({ what: 'disguised', isOwn: false });
    }
  if (THIRD_PERSON.test(sentence)) mentions.push({ what: 'describes', isOwn: false });
  if (text.kind === 'value' || text.kind === 'title' || text.kind === 'key')
    mentions.push({ what: 'value', isOwn: false });
  else if (text.isNested) mentions.push({ what: 'property', isOwn: false });
  for (const marker of markers) mentions.push({ what: marker, isOwn: false });
  return { text, start, end, language, words, mentions };
}
