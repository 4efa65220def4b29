import { manifestInputs } from '../manifest-inputs.ts';
import { shown } from '../text/scan-text.ts';
import type { Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { FIXED_SECRET, RULES } from './rules.ts';

/** A value that is filled in later: `{name}`, `${NAME}`, `%NAME%`. */
const FILLED_LATER = /\{[^{}]{1,200}\}|%[A-Za-z_]\w{0,100}%/;

/** Finds secrets whose value stands in the manifest. The value itself is never part of a finding. */
export const fixedSecret: Scanner = {
  id: 'fixed-secret',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest }) =>
    (manifest === null ? [] : manifestInputs(manifest)).flatMap(({ name, input, pointer, role }) => {
      const { value = '', isSecret } = input;
      if (isSecret !== true || value.trim() === '' || FILLED_LATER.test(value)) return [];
      const label = name === '' ? 'a value' : shown(name);
      return [
        {
          ruleId: FIXED_SECRET.id,
          message: `The secret ${label} (${role.replaceAll('-', ' ')}) is written out.`,
          location: { document: 'server.json' as const, pointer },
          evidence: { excerpt: label, start: 0, end: label.length },
        },
      ];
    }),
};
