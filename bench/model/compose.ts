import { seededRandom } from '#tests/scanners/random.ts';
import type { CorpusLine } from '../corpus.ts';
import * as say from './fragments.ts';

/** Picks deterministically; `/a|b/` in a fragment stands for one of its parts. */
type Dice = { pick<T>(from: readonly T[]): T; chance(share: number): boolean; fill(text: string): string };

function dice(seed: number): Dice {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const fill = (text: string): string => {
    const filled = text.replace(/\{(\w+)\}/g, (_, list: keyof typeof say.LISTS) =>
      pick(say.LISTS[list] as readonly string[]),
    );
    return filled === text ? text : fill(filled);
  };
  return { pick, chance: (share) => random() < share, fill };
}

const sentence = (text: string): string => {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:>\]]$/.test(start) ? start : `${start}.`;
};

/** Poisoned tools put together from our own fragments: an honest beginning and one to three orders to the model. */
export const composedPoisoned = (count: number): CorpusLine[] =>
  Array.from({ length: count }, (_, i) => {
    const { pick, chance, fill } = dice(10_000 + i);
    const { name, description } = pick(say.CARRIERS);
    const orders = [fill(pick(say.ORDERS))];
    if (chance(0.35)) orders.push(fill(pick(say.EXTRAS)));
    if (chance(0.2)) orders.unshift(fill(pick(say.OPENINGS)));
    const text = orders.map(sentence).join(' ');
    const place = chance(0.75) ? 'description' : 'parameter';
    const before = chance(0.8) ? `${description} ` : '';
    return {
      tool:
        place === 'description'
          ? { name, description: `${before}${text}` }
          : {
              name,
              description,
              inputSchema: { type: 'object', properties: { value: { type: 'string', description: text } } },
            },
    };
  });

/** Honest tools that are strict, secretive or about dangerous things for good reasons. */
export const composedHonest = (count: number): CorpusLine[] =>
  Array.from({ length: count }, (_, i) => {
    const { pick, chance, fill } = dice(50_000 + i);
    const { name, description } = pick(say.SERIOUS);
    const notes = [fill(pick(say.NOTES))];
    if (chance(0.5)) notes.push(fill(pick(say.NOTES)));
    if (chance(0.4)) {
      const parameters = [0, 1, 2, 3].map((n) => [`p${n}`, { description: pick(say.PARAMETER_NOTES) }]);
      return {
        tool: { name, description, inputSchema: { type: 'object', properties: Object.fromEntries(parameters) } },
      };
    }
    return { tool: { name, description: `${description} ${notes.map(sentence).join(' ')}` } };
  });
