import type { PassageFeatures } from '#scanners/model/features.ts';
import { scalesOf } from '#scanners/model/features.ts';
import type { Weights } from '#scanners/model/score.ts';
import { Scorer } from '#scanners/model/score.ts';

/** A definition to learn from: its passages, whether it is poisoned, and what it must not be told apart from. */
export type Sample = { passages: readonly PassageFeatures[]; isPoisoned: boolean; group: string; weight?: number };

export type LearnOptions = {
  /** Features kept, those that move most passages furthest. */
  maxFeatures: number;
  /** Groups (sources, servers) a feature must occur in, so that no one's own words are learned. */
  minGroups: number;
  epochs: number;
  /** Times the worst passage of each poisoned definition is picked again with what was learned. */
  rounds: number;
  /** L2 penalty of concepts. */
  ridge: number;
  /** L2 penalty of words and letters, which are an author's own more than concepts are. */
  lexicalRidge: number;
  /** What one poisoned definition weighs against one honest passage. */
  poisonedWeight: number;
  seed: number;
};

export const STANDARD_OPTIONS: LearnOptions = {
  maxFeatures: 4_000,
  minGroups: 5,
  epochs: 15,
  rounds: 2,
  ridge: 2e-4,
  lexicalRidge: 2e-4,
  poisonedWeight: 12,
  seed: 1,
};

type Row = { ids: Int32Array; values: Float64Array; label: 0 | 1; weight: number };

/**
 * Logistic regression by stochastic gradient descent (AdaGrad), deterministic for a seed. Of a poisoned definition only one
 * passage need be bad: the one that scores highest counts, picked anew each round (multiple-instance learning). Every passage
 * is learned twice, once with its concepts alone, so that they carry over to languages of which no words were learned.
 */
export function learn(samples: readonly Sample[], options: LearnOptions = STANDARD_OPTIONS): Weights {
  const vocabulary = vocabularyOf(samples, options.minGroups);
  let weights = trainedOn(samples, vocabulary, null, options);
  for (let round = 1; round < options.rounds; round++)
    weights = trainedOn(samples, vocabulary, new Scorer(weights), options);
  const kept = strongest(weights, options.maxFeatures);
  return trainedOn(samples, kept, new Scorer(weights), options);
}

/** Features that enough groups have, in a fixed order. */
function vocabularyOf(samples: readonly Sample[], minGroups: number): ReadonlyMap<string, number> {
  const groups = new Map<string, Set<string>>();
  for (const { passages, group } of samples) {
    const seen = new Set<string>();
    for (const { concepts, words, pairs } of passages) {
      for (const feature of concepts) seen.add(feature);
      for (const feature of pairs) seen.add(feature);
      for (const word of words) seen.add(word);
    }
    for (const feature of seen) {
      const known = groups.get(feature);
      if (known === undefined) groups.set(feature, new Set([group]));
      else if (known.size < minGroups) known.add(group);
    }
  }
  const features = [...groups].filter(([, known]) => known.size >= minGroups).map(([feature]) => feature);
  return new Map(features.sort().map((feature, i) => [feature, i]));
}

function strongest({ features }: Weights, count: number): ReadonlyMap<string, number> {
  const kept = [...features]
    .sort(([a, wa], [b, wb]) => Math.abs(wb) - Math.abs(wa) || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([feature]) => feature);
  return new Map(kept.sort().map((feature, i) => [feature, i]));
}

function rowsOf(
  features: PassageFeatures,
  vocabulary: ReadonlyMap<string, number>,
  { label, weight }: { label: 0 | 1; weight: number },
): Row[] {
  const values = new Map<number, number>();
  const scales = scalesOf(features);
  const add = (feature: string, value: number) => {
    const id = vocabulary.get(feature);
    if (id !== undefined) values.set(id, (values.get(id) ?? 0) + value);
  };
  const row = (): Row => ({
    ids: Int32Array.from(values.keys()),
    values: Float64Array.from(values.values()),
    label,
    weight,
  });
  for (const feature of features.concepts) add(feature, scales.concepts);
  const conceptsOnly = row();
  for (const feature of features.pairs) add(feature, scales.lexical);
  for (const word of features.words) add(word, scales.lexical);
  return [conceptsOnly, row()];
}

function trainedOn(
  samples: readonly Sample[],
  vocabulary: ReadonlyMap<string, number>,
  scorer: Scorer | null,
  { epochs, ridge, lexicalRidge, poisonedWeight, seed }: LearnOptions,
): Weights {
  const rows: Row[] = [];
  for (const { passages, isPoisoned, weight = 1 } of samples) {
    if (!isPoisoned) {
      for (const passage of passages) rows.push(...rowsOf(passage, vocabulary, { label: 0, weight }));
      continue;
    }
    const picked = [scorer === null ? richest(passages) : worst(passages, scorer)].filter(
      (passage) => passage !== undefined,
    );
    for (const passage of picked)
      rows.push(...rowsOf(passage, vocabulary, { label: 1, weight: (weight * poisonedWeight) / picked.length }));
  }
  return descend(rows, vocabulary, { epochs, ridge, lexicalRidge, seed });
}

/** Where to begin: the passage that speaks of most things. */
function richest(passages: readonly PassageFeatures[]): PassageFeatures | undefined {
  const sizes = passages.map(({ concepts }) => concepts.size);
  return passages[sizes.indexOf(Math.max(...sizes))];
}

function worst(passages: readonly PassageFeatures[], scorer: Scorer): PassageFeatures | undefined {
  const scores = passages.map((passage) => scorer.logOdds(passage));
  return passages[scores.indexOf(Math.max(...scores))];
}

function descend(
  rows: readonly Row[],
  vocabulary: ReadonlyMap<string, number>,
  { epochs, ridge, lexicalRidge, seed }: Pick<LearnOptions, 'epochs' | 'ridge' | 'lexicalRidge' | 'seed'>,
): Weights {
  const weights = new Float64Array(vocabulary.size);
  const steps = new Float64Array(vocabulary.size).fill(1e-6);
  const ridges = Float64Array.from(vocabulary.keys(), (feature) => (feature.startsWith('k:') ? ridge : lexicalRidge));
  let bias = -2;
  let biasStep = 1;
  const sums = new Float64Array(vocabulary.size);
  let biasSum = 0;
  let summed = 0;
  const order = Int32Array.from(rows.keys());
  const random = generator(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    for (const index of order) {
      const { ids, values, label, weight } = rows[index] as Row;
      let logOdds = bias;
      for (let i = 0; i < ids.length; i++) logOdds += (weights[ids[i] as number] as number) * (values[i] as number);
      const error = weight * (1 / (1 + Math.exp(-logOdds)) - label);
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i] as number;
        const gradient = error * (values[i] as number) + (ridges[id] as number) * (weights[id] as number);
        steps[id] = (steps[id] as number) + gradient * gradient;
        weights[id] = (weights[id] as number) - (0.3 * gradient) / Math.sqrt(steps[id] as number);
      }
      biasStep += error * error;
      bias -= (0.1 * error) / Math.sqrt(biasStep);
    }
    // The average over the later epochs is steadier than the end of any of them.
    if (epoch < epochs / 3) continue;
    for (let id = 0; id < weights.length; id++) sums[id] = (sums[id] as number) + (weights[id] as number);
    biasSum += bias;
    summed++;
  }
  return {
    bias: biasSum / summed,
    features: new Map([...vocabulary].map(([feature, id]) => [feature, (sums[id] as number) / summed])),
  };
}

/** mulberry32: small, seeded, the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
