/**
 * Trains the model and measures it on what it has not seen:
 * `node bench/model/train.ts --malicious FILE … --benign FILE … [--write] [--show]`.
 *
 * First every repository of poisoned definitions is held out once, and with each of them a part of the servers and of our own
 * phrases; the thresholds used on a fold are chosen on the other folds. Then, with `--write`, it learns from everything and
 * writes `scanners/model/weights.json`; its thresholds are those chosen on all held-out scores. The same files give the same
 * weights. Of the blind set only the tuning half is read.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { groupedBy, nameOf, rateOf } from '../corpus.ts';
import type { HeldOut, Thresholds } from './cross-validate.ts';
import { byModel, crossValidate, thresholdsOn } from './cross-validate.ts';
import { benignEntries, composedEntries, maliciousEntries, ownEntries } from './data.ts';
import { learn } from './learn.ts';

const WEIGHTS = join(import.meta.dirname, '../../scanners/model/weights.json');

const { values: options } = parseArgs({
  options: {
    malicious: { type: 'string', multiple: true, default: [] },
    benign: { type: 'string', multiple: true, default: [] },
    write: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
  },
});
const malicious = options.malicious.flatMap(maliciousEntries);
const entries = [...malicious, ...options.benign.flatMap(benignEntries), ...ownEntries(), ...composedEntries()];

const heldOut = crossValidate(entries);
const inner = new Map<number, Thresholds>();
for (const fold of new Set(heldOut.map((held) => held.fold)))
  inner.set(fold, thresholdsOn(heldOut.filter((held) => held.fold !== fold)));
const reported = (held: HeldOut): boolean => byModel(held, inner.get(held.fold) as Thresholds);

const rate = (group: readonly HeldOut[], is: (held: HeldOut) => boolean): string =>
  rateOf(group.filter(is).length, group.length).padEnd(38);
function print(title: string, group: readonly HeldOut[]): void {
  console.log(
    `  ${title.padEnd(38)} model ${rate(group, reported)} rules ${rate(group, (held) => held.byRules('medium'))} both ${rate(group, (held) => held.byRules('medium') || reported(held))}`,
  );
}

const own = (isBlind: boolean, isPoisoned: boolean): HeldOut[] =>
  heldOut.filter(
    ({ entry }) =>
      entry.origin === 'own' && entry.group.startsWith('own/blind') === isBlind && entry.isPoisoned === isPoisoned,
  );
const poisoned = heldOut.filter(({ entry }) => entry.origin === 'malicious');
const honest = heldOut.filter(({ entry }) => entry.origin === 'benign');
console.log('Held out, reported at medium or above');
print('poisoned definitions', poisoned);
print('honest definitions', honest);
console.log(`  honest definitions at high, by rules: ${rate(honest, (held) => held.byRules('high'))}`);
print('blind set, tuning half, poisoned', own(true, true));
print('blind set, tuning half, honest twins', own(true, false));
print('test phrasings and examples, poisoned', own(false, true));
print('test phrasings and examples, honest', own(false, false));
console.log('Poisoned definitions by source, each scored by a model that has not seen it');
for (const [source, group] of groupedBy(poisoned, ({ entry }) => entry.group)) print(source, group);

if (options.show) {
  const text = ({ entry: { line } }: HeldOut) =>
    JSON.stringify(line.tool ?? line.prompt ?? line.resource ?? line.instructions).slice(0, 300);
  for (const held of honest.filter((held) => held.byRules('medium') || reported(held)))
    console.log('ALARM', held.logOdds.toFixed(1), held.entry.group, nameOf(held.entry.line), text(held));
  for (const held of heldOut.filter((held) => held.entry.isPoisoned && !held.byRules('medium') && !reported(held)))
    console.log('MISSED', held.logOdds.toFixed(1), held.entry.group, text(held));
}

const thresholds = thresholdsOn(heldOut);
const { bias, features } = learn(entries);
const rounded = (value: number): number => Number(value.toFixed(4));
const kept = [...features].filter(([, weight]) => Math.abs(weight) >= 0.0005).sort(([a], [b]) => (a < b ? -1 : 1));
console.log(
  `${kept.length} features; thresholds ${thresholds.alone.toFixed(2)} alone, ${thresholds.withSignal.toFixed(2)} beside a signal`,
);
if (options.write) {
  const model = {
    bias: rounded(bias),
    thresholds: { alone: rounded(thresholds.alone), withSignal: rounded(thresholds.withSignal) },
    features: Object.fromEntries(kept.map(([feature, weight]) => [feature, rounded(weight)])),
  };
  writeFileSync(WEIGHTS, `${JSON.stringify(model, null, 2)}\n`);
}
