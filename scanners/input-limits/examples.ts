import type { JsonValue } from '#lib/manifest/types.ts';
import { examplesOf, ofTools } from '../example-snapshots.ts';
import { LIMITS } from '../limits.ts';
import type { RuleExample } from '../types.ts';
import { INPUT_CUT } from './rules.ts';

function nested(levels: number): JsonValue {
  let value: JsonValue = 'innermost';
  for (let i = 0; i < levels; i++) value = { not: value };
  return value;
}

const ofDepth = (levels: number) =>
  ofTools({ name: 'deep', inputSchema: { type: 'object', properties: { a: nested(levels) } } });
const ofLength = (length: number) =>
  ofTools({ name: 'long', description: 'weather '.repeat(Math.ceil(length / 8)).slice(0, length) });
const ofValues = (count: number) =>
  ofTools({
    name: 'wide',
    inputSchema: {
      type: 'object',
      properties: { city: { enum: Array.from({ length: count }, (_, i) => `city ${i}`) } },
    },
  });

export const EXAMPLES: readonly RuleExample[] = examplesOf(INPUT_CUT, {
  finds: [
    ['a description beyond the limit', ofLength(LIMITS.fieldChars + 1)],
    ['nesting beyond the limit', ofDepth(LIMITS.depth + 1)],
    ['more values than are read', ofValues(LIMITS.fieldsPerSubject + 1)],
  ],
  leaves: [
    ['a description at the limit', ofLength(LIMITS.fieldChars)],
    ['a deep but readable schema', ofDepth(LIMITS.depth - 10)],
    ['a long list of cities', ofValues(1_000)],
  ],
});
