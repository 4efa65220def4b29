import type { PassageFeatures } from './features.ts';
import { featuresOf, scalesOf } from './features.ts';
import type { Passage } from './passages.ts';

/** Weights of a linear model by feature; `bias` is what a passage without any feature scores. */
export type Weights = { bias: number; features: ReadonlyMap<string, number> };

/** What words may add or take away: no number of harmless words makes up for what a sentence says. */
const LEXICAL_SHARE = { least: -3, most: 4 };

/** Scores passages: log-odds of being an instruction to the model. Time grows with the number of words and mentions. */
export class Scorer {
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  logOdds(features: PassageFeatures): number {
    const scales = scalesOf(features);
    let concepts = 0;
    for (const feature of features.concepts) concepts += this.weightOf(feature);
    let lexical = 0;
    for (const pair of features.pairs) lexical += this.weightOf(pair);
    for (const word of features.words) lexical += this.weightOf(word);
    const { most, least } = LEXICAL_SHARE;
    return this.#weights.bias + concepts * scales.concepts + Math.min(most, Math.max(least, lexical * scales.lexical));
  }

  /** The passage that scores highest, the first of equals; null when there is none. */
  worstOf(passages: readonly Passage[]): { passage: Passage; logOdds: number } | null {
    let worst: { passage: Passage; logOdds: number } | null = null;
    for (const passage of passages) {
      const logOdds = this.logOdds(featuresOf(passage));
      if (worst === null || logOdds > worst.logOdds) worst = { passage, logOdds };
    }
    return worst;
  }

  weightOf(feature: string): number {
    return this.#weights.features.get(feature) ?? 0;
  }
}

export const probabilityOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
