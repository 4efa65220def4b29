import type { SubjectFacts } from '../signals/types.ts';
import type { ScanText } from '../text/scan-text.ts';
import type { Subject } from '../text/snapshot-texts.ts';
import type { Concept, Marker } from './concepts.ts';
import { featuresOf } from './features.ts';
import type { Passage, Sentence } from './passages.ts';
import { passagesOf } from './passages.ts';
import { Scorer } from './score.ts';
import weights from './weights.json' with { type: 'json' };

const scorer = new Scorer({ bias: weights.bias, features: new Map(Object.entries(weights.features)) });

/** Log-odds from which a passage is reported: by itself, or beside a weak signal. Chosen by `bench/model/train.ts`. */
export const THRESHOLDS: { alone: number; withSignal: number } = {
  alone: weights.thresholds.alone,
  withSignal: weights.thresholds.withSignal,
};

export type Verdict = { passage: Passage; logOdds: number };

const known = new WeakMap<Subject, Verdict | null>();

/** The passage of a subject that reads most like an instruction to the model; worked out once a subject. */
export function verdictOn(subject: Subject, facts: SubjectFacts): Verdict | null {
  const before = known.get(subject);
  if (before !== undefined) return before;
  const verdict = scorer.worstOf(passagesOf(subject, facts));
  known.set(subject, verdict);
  return verdict;
}

/** The log-odds of one text by itself, -Infinity when it has no sentence. */
export const logOddsOf = (text: ScanText, facts: SubjectFacts): number =>
  scorer.worstOf(passagesOf({ texts: [text] }, facts))?.logOdds ?? Number.NEGATIVE_INFINITY;

/** The sentence of a passage that weighs most by itself. */
export function heaviest(passage: Passage): Sentence {
  const scores = passage.map((sentence) => scorer.logOdds(featuresOf([sentence])));
  return passage[scores.indexOf(Math.max(...scores))] as Sentence;
}

/** What each concept stands for in a sentence of ours. */
const SAYS: Record<Concept | Marker, string> = {
  read: 'reading something',
  send: 'passing something on',
  put: 'putting something somewhere',
  tell: 'what to say',
  hide: 'keeping something out of sight',
  run: 'running something',
  call: 'using something',
  change: 'changing something',
  delete: 'deleting something',
  ignore: 'setting something aside',
  obey: 'following orders',
  ask: 'asking for consent',
  disable: 'turning protection off',
  install: 'installing something',
  recommend: 'recommending something',
  remember: 'remembering something',
  encode: 'encoding something',
  detect: 'finding or keeping off something',
  secret: 'secrets',
  talk: 'the conversation',
  orders: 'the instructions of the model',
  user: 'the user',
  model: 'the model',
  you: 'the reader',
  file: 'files',
  param: 'a parameter',
  money: 'payments',
  answer: 'the answer',
  tools: 'tools',
  config: 'settings of the client',
  outside: 'somebody outside',
  detail: 'form and details',
  attack: 'attacks',
  not: 'what not to do',
  first: 'an order of steps',
  always: 'every time',
  must: 'a duty',
  all: 'everything',
  authority: 'an authority',
  urgent: 'urgency',
  threat: 'what goes wrong otherwise',
  allowed: 'permission already given',
  address: 'an address',
  place: 'a place of secrets',
  account: 'an account number',
  shell: 'a command',
  stranger: 'another tool',
  quoted: 'a named parameter',
  shouted: 'capitals',
  disguised: 'letters in disguise',
  code: 'code',
  describes: 'what it does',
  property: 'a parameter',
  value: 'a value',
};
const MAX_REASONS = 4;

/** What in a passage made it score, the weightiest first, in words. */
export function reasonsFor(passage: Passage): string[] {
  const shares = new Map<string, number>();
  const add = (kind: string, share: number) => {
    const what = SAYS[kind.replace(/'$/, '') as Concept];
    shares.set(what, (shares.get(what) ?? 0) + share);
  };
  for (const feature of featuresOf(passage).concepts) {
    const weight = scorer.weightOf(feature);
    const [first = '', second] = feature.slice('k:'.length).split(/[+~]/);
    add(first, second === undefined ? weight : weight / 2);
    if (second !== undefined) add(second, weight / 2);
  }
  return [...shares]
    .filter(([, share]) => share > 0)
    .sort(([a, as], [b, bs]) => bs - as || (a < b ? -1 : 1))
    .slice(0, MAX_REASONS)
    .map(([what]) => what);
}
