import { READS_AS_INSTRUCTION } from '#scanners/model/rules.ts';
import { Scorer } from '#scanners/model/score.ts';
import { combinedWeak, subjectSignals } from '#scanners/signals/index.ts';
import { snapshotTexts } from '#scanners/text/snapshot-texts.ts';
import type { Severity } from '#scanners/types.ts';
import { accusationsIn, snapshotOf } from '../corpus.ts';
import type { Entry } from './data.ts';
import { foldOf } from './data.ts';
import { learn } from './learn.ts';

/** Honest definitions that the model may report by itself, and beside a weak signal, as shares of those it has not seen. */
export const BUDGET = { alone: 0.004, withSignal: 0.002 } as const;

export type HeldOut = {
  entry: Entry;
  fold: number;
  /** The highest log-odds of its passages, by a model that saw nothing of its source or server. */
  logOdds: number;
  /** What the rules say without the model. */
  byRules: (from: Severity) => boolean;
  /** Weak signals stand in it, too few to be reported. */
  hasSignal: boolean;
};

export type Thresholds = { alone: number; withSignal: number };

const FOLDS = 20;

/**
 * Scores every entry by a model trained without its fold. A fold holds out some repositories of poisoned definitions, a part of
 * the servers and a part of our own phrases; composed texts are in every training set and in no measurement.
 */
export function crossValidate(entries: readonly Entry[]): HeldOut[] {
  const repositories = [
    ...new Set(entries.filter(({ origin }) => origin === 'malicious').map(({ group }) => group)),
  ].sort();
  const folds = Math.min(FOLDS, repositories.length);
  const foldFor = ({ origin, group }: Entry): number =>
    origin === 'malicious' ? repositories.indexOf(group) % folds : foldOf(group, folds);
  return Array.from({ length: folds }, (_, fold) => {
    const isHeldOut = (entry: Entry) => entry.origin !== 'composed' && foldFor(entry) === fold;
    const scorer = new Scorer(learn(entries.filter((entry) => !isHeldOut(entry))));
    return entries.filter(isHeldOut).map(
      (entry): HeldOut => ({
        entry,
        fold,
        logOdds: Math.max(-20, ...entry.passages.map((passage) => scorer.logOdds(passage))),
        ...withoutModel(entry),
      }),
    );
  }).flat();
}

function withoutModel({ line }: Entry): Pick<HeldOut, 'byRules' | 'hasSignal'> {
  const snapshot = snapshotOf([line]);
  const accused = (from: Severity) =>
    accusationsIn(snapshot, from).some(({ ruleId }) => ruleId !== READS_AS_INSTRUCTION.id);
  const bySeverity = { medium: accused('medium'), high: accused('high') };
  const signals = subjectSignals(snapshotTexts(snapshot)).flatMap(({ hits }) =>
    combinedWeak(hits) === null ? hits.filter(({ signal }) => signal.strength === 'weak') : [],
  );
  return { byRules: (from) => bySeverity[from === 'high' ? 'high' : 'medium'], hasSignal: signals.length > 0 };
}

/** The lowest thresholds that keep to the budget on these entries. */
export function thresholdsOn(heldOut: readonly HeldOut[]): Thresholds {
  const honest = heldOut.filter(({ entry }) => entry.origin === 'benign');
  const cut = (scores: number[], count: number): number => {
    const sorted = scores.sort((a, b) => b - a);
    return sorted[Math.min(sorted.length - 1, Math.floor(count))] ?? 0;
  };
  const alone = cut(
    honest.map(({ logOdds }) => logOdds),
    honest.length * BUDGET.alone,
  );
  const beside = honest.filter(({ hasSignal, logOdds }) => hasSignal && logOdds < alone).map(({ logOdds }) => logOdds);
  return { alone, withSignal: cut(beside, honest.length * BUDGET.withSignal) };
}

/** Whether the model reports an entry at these thresholds. */
export const byModel = ({ logOdds, hasSignal }: HeldOut, { alone, withSignal }: Thresholds): boolean =>
  logOdds > alone || (hasSignal && logOdds > withSignal);
