import { join } from 'node:path';
import type { PassageFeatures } from '#scanners/model/features.ts';
import { featuresOf } from '#scanners/model/features.ts';
import { passagesOf } from '#scanners/model/passages.ts';
import { EXAMPLES } from '#scanners/registry.ts';
import { factsOf } from '#scanners/signals/index.ts';
import { snapshotTexts } from '#scanners/text/snapshot-texts.ts';
import type { InputSnapshot } from '#scanners/types.ts';
import { HONEST, POISONED } from '#tests/scanners/phrasings.ts';
import type { CorpusLine } from '../corpus.ts';
import { isOvert, nameOf, readLines, snapshotOf } from '../corpus.ts';
import { composedHonest, composedPoisoned } from './compose.ts';
import { CARRIERS } from './fragments.ts';
import type { Sample } from './learn.ts';

/** A sample with the line it came from and the fold that it must be held out with. */
export type Entry = Sample & { line: CorpusLine; origin: 'malicious' | 'benign' | 'own' | 'composed' };

/** Honest texts in the words of poisoned ones are few and worth more than others. */
const HONEST_WEIGHT = 15;
const POISONED_WEIGHT = 2;
/** Composed texts say many things in few ways: worth half of what somebody wrote. */
const COMPOSED_WEIGHT = 0.5;

const BLIND = join(import.meta.dirname, '../../tests/scanners/blind');

/** Passages of every subject of a snapshot; tools that share a server know each other's names. */
function passagesIn(snapshot: InputSnapshot): PassageFeatures[] {
  const texts = snapshotTexts(snapshot);
  const siblings = new Set(texts.subjects.filter(({ kind }) => kind === 'tool').map(({ name }) => name ?? ''));
  return texts.subjects.flatMap((subject) => passagesOf(subject, factsOf(subject, siblings)).map(featuresOf));
}

const keyOf = ({ tool, prompt, resource, instructions }: CorpusLine): string =>
  JSON.stringify([tool?.name, tool?.description, tool?.inputSchema, prompt, resource, instructions]);

function unique(lines: readonly CorpusLine[]): CorpusLine[] {
  const seen = new Set<string>();
  return lines.filter((line) => {
    const key = keyOf(line);
    return !seen.has(key) && seen.add(key);
  });
}

const repository = ({ source }: CorpusLine): string => (source ?? '').split(':')[0] ?? '';

/** Poisoned definitions of others; `group` is the repository. Tools that openly attack teach nothing about hiding. */
export const maliciousEntries = (file: string): Entry[] =>
  unique(readLines(file).filter((line) => !isOvert(line))).map((line) => ({
    line,
    origin: 'malicious',
    isPoisoned: true,
    group: repository(line),
    passages: passagesIn(snapshotOf([line])),
  }));

/** Lines of changes hold a tool twice; both are definitions. */
const unfolded = (line: CorpusLine & Partial<Record<'before' | 'after', CorpusLine['tool']>>): CorpusLine[] => {
  const { before, after, ...rest } = line;
  return before === undefined && after === undefined
    ? [line]
    : [before, after].flatMap((tool) => (tool ? [{ ...rest, tool }] : []));
};

/** Honest definitions of others; `group` is the server. */
export function benignEntries(file: string): Entry[] {
  const lines = unique(readLines(file).flatMap(unfolded));
  const byServer = Map.groupBy(lines, ({ server, source }) => server ?? source ?? '');
  return [...byServer].flatMap(([server, group]) => {
    const siblings = new Set(group.map((line) => nameOf(line) ?? ''));
    return group.map((line): Entry => {
      const { subjects } = snapshotTexts(snapshotOf([line]));
      const passages = subjects.flatMap((subject) => passagesOf(subject, factsOf(subject, siblings)).map(featuresOf));
      return { line, origin: 'benign', isPoisoned: false, group: server, passages };
    });
  });
}

/** What we wrote ourselves: the tuning half of the blind set, the phrasings of the tests, the rules' examples. */
export function ownEntries(): Entry[] {
  const entry = (line: CorpusLine, isPoisoned: boolean, group: string): Entry => ({
    line,
    origin: 'own',
    isPoisoned,
    group,
    passages: passagesIn(snapshotOf([line])),
    weight: isPoisoned ? POISONED_WEIGHT : HONEST_WEIGHT,
  });
  const blind = (kind: 'poisoned' | 'honest') =>
    readLines<CorpusLine & { pair: number }>(join(BLIND, `tuning-${kind}.jsonl`)).map((line) =>
      entry(line, kind === 'poisoned', `own/blind-${line.pair}`),
    );
  const examples = EXAMPLES.filter(({ ruleId }) => ruleId.startsWith('text.')).flatMap(
    ({ snapshot, expect, ruleId }, i) => {
      const tools = snapshot.definitions.tools ?? [];
      // Praise is information, and what cannot be seen has no words.
      if (/preference|unicode|padding|ansi|message/.test(ruleId)) return [];
      return tools.map((tool) => entry({ tool }, expect === 'finding', `own/example-${i}`));
    },
  );
  return [
    ...blind('poisoned'),
    ...blind('honest'),
    ...POISONED.map((description, i) => entry({ tool: { name: 'lookup', description } }, true, `own/phrase-${i}`)),
    ...HONEST.map(([name, description], i) => entry({ tool: { name, description } }, false, `own/honest-${i}`)),
    ...examples,
  ];
}

/** The fold of a group: FNV-1a of its name, so that it never changes. */
export function foldOf(group: string, folds: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < group.length; i++) hash = Math.imul(hash ^ group.charCodeAt(i), 0x01000193) >>> 0;
  return hash % folds;
}

/** Texts put together from fragments; they are always trained on and never measured. */
export const composedEntries = (): Entry[] =>
  [
    ...composedPoisoned(1_500).map((line) => ({ line, isPoisoned: true })),
    ...composedHonest(1_200).map((line) => ({ line, isPoisoned: false })),
    ...CARRIERS.map((tool) => ({ line: { tool }, isPoisoned: false })),
  ].map(({ line, isPoisoned }, i) => ({
    line,
    isPoisoned,
    origin: 'composed',
    group: `composed/${i % 40}`,
    weight: COMPOSED_WEIGHT,
    passages: passagesIn(snapshotOf([line])),
  }));
