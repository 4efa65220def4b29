import type { RuleExample } from '../../types.ts';
import { FACT_EXAMPLES } from './facts.ts';
import { HIDDEN_EXAMPLES } from './hidden.ts';
import { INJECTION_EXAMPLES } from './injection.ts';

export const EXAMPLES: readonly RuleExample[] = [...INJECTION_EXAMPLES, ...HIDDEN_EXAMPLES, ...FACT_EXAMPLES];
