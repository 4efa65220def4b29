import type { RuleExample } from '../types.ts';
export const EXAMPLES: readonly RuleExample[] = [];
