/**
 * What the model is worth on sources and servers it has not seen: `node bench/model/validate.ts --malicious FILE --benign FILE`.
 *
 * Every repository of poisoned definitions is held out once (all of its lines together), and with each of them a part of the
 * servers and of our own phrases. Thresholds are chosen on the other folds' held-out scores only.
 */
import { parseArgs } from 'node:util';
import { Scorer } from '#scanners/model/score.ts';
import { combinedWeak, subjectSignals } from '#scanners/signals/index.ts';
import { snapshotTexts } from '#scanners/text/snapshot-texts.ts';
import { isAccused, judgeEach, rateOf, groupedBy, snapshotOf } from '../corpus.ts';
import type { Entry } from './data.ts';
import { benignEntries, foldOf, maliciousEntries, ownEntries } from './data.ts';
import { learn, STANDARD_OPTIONS } from './learn.ts';

const { values: options } = parseArgs({
  options: {
    malicious: { type: 'string', multiple: true },
    benign: { type: 'string', multiple: true },
    show: { type: 'boolean' },
    folds: { type: 'string' },
  },
});
const malicious = (options.malicious ?? []).flatMap(maliciousEntries);
const entries: Entry[] = [...malicious, ...(options.benign ?? []).flatMap(benignEntries), ...ownEntries()];
const repositories = [...new Set(malicious.map(({ group }) => group))].sort();
const folds = Number(options.folds ?? repositories.length);
const foldFor = ({ origin, group }: Entry): number =>
  origin === 'malicious' ? repositories.indexOf(group) % folds : foldOf(group, folds);

const logOdds = new Map<Entry, number>();
for (let fold = 0; fold < folds; fold++) {
  const trained = entries.filter((entry) => foldFor(entry) !== fold);
  const scorer = new Scorer(learn(trained, STANDARD_OPTIONS));
  for (const entry of entries) {
    if (foldFor(entry) !== fold) continue;
    logOdds.set(entry, Math.max(-20, ...entry.passages.map((passage) => scorer.logOdds(passage))));
  }
}
const scoreOf = (entry: Entry): number => logOdds.get(entry) as number;
const benign = entries.filter(({ origin }) => origin === 'benign');
const quantile = (scores: number[], share: number) =>
  scores.sort((a, b) => b - a)[Math.floor(scores.length * share)] as number;
const byRules = new Map(
  entries.map((entry) => [entry, judgeEach([entry.line]).some((judged) => isAccused(judged, 'medium'))]),
);
const weak = new Map(
  entries.map((entry) => [
    entry,
    subjectSignals(snapshotTexts(snapshotOf([entry.line]))).some(({ hits }) => hits.length > 0),
  ]),
);

for (const share of [0.002, 0.004, 0.006, 0.01]) {
  const thresholds = Array.from({ length: folds }, (_, fold) =>
    quantile(benign.filter((entry) => foldFor(entry) !== fold).map(scoreOf), share),
  );
  const lows = Array.from({ length: folds }, (_, fold) =>
    quantile(benign.filter((entry) => foldFor(entry) !== fold).map(scoreOf), 0.05),
  );
  const byModel = (entry: Entry) => scoreOf(entry) >= (thresholds[foldFor(entry)] as number);
  const found = (entry: Entry) =>
    byModel(entry) || byRules.get(entry) || (weak.get(entry) && scoreOf(entry) >= (lows[foldFor(entry)] as number));
  const count = (group: readonly Entry[], is: (entry: Entry) => unknown) =>
    rateOf(group.filter(is).length, group.length);
  console.log(`\nbudget ${share}: threshold ${thresholds.map((t) => t.toFixed(2)).join(' ')}`);
  for (const [title, group] of [
    ['malicious', malicious],
    ['benign', benign],
    ['own blind poisoned', entries.filter(({ group, isPoisoned }) => group.startsWith('own/blind') && isPoisoned)],
    ['own blind honest', entries.filter(({ group, isPoisoned }) => group.startsWith('own/blind') && !isPoisoned)],
    [
      'own other poisoned',
      entries.filter(
        ({ origin, group, isPoisoned }) => origin === 'own' && !group.startsWith('own/blind') && isPoisoned,
      ),
    ],
    [
      'own other honest',
      entries.filter(
        ({ origin, group, isPoisoned }) => origin === 'own' && !group.startsWith('own/blind') && !isPoisoned,
      ),
    ],
  ] as const)
    console.log(
      `  ${title.padEnd(20)} model ${count(group, byModel).padEnd(40)} rules ${count(group, (e) => byRules.get(e)).padEnd(40)} all ${count(group, found)}`,
    );
  if (share !== 0.004) continue;
  for (const [source, group] of groupedBy(malicious, ({ group }) => group))
    console.log(`    ${source.padEnd(40)} model ${count(group, byModel).padEnd(40)} all ${count(group, found)}`);
  if (options.show) {
    for (const entry of benign.filter(byModel))
      console.log('  FP', scoreOf(entry).toFixed(1), entry.group, JSON.stringify(entry.line.tool).slice(0, 300));
    for (const entry of entries.filter((e) => e.isPoisoned && !found(e)))
      console.log(
        '  MISS',
        scoreOf(entry).toFixed(1),
        entry.line.language,
        JSON.stringify(entry.line.tool ?? entry.line).slice(0, 300),
      );
    for (const entry of entries.filter((e) => !e.isPoisoned && e.origin === 'own' && found(e)))
      console.log('  OWN FP', scoreOf(entry).toFixed(1), JSON.stringify(entry.line.tool ?? entry.line).slice(0, 300));
  }
}
