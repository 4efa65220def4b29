import type { Rule } from '../types.ts';

export const INPUT_CUT: Rule = {
  id: 'scan.input-cut',
  class: 'hygiene',
  severity: 'info',
  confidence: 'certain',
  title: 'Not read to the end',
  finds: 'Texts, nesting and numbers of texts beyond what a scan reads.',
  matters: 'Whatever stands beyond the limit has not been looked at.',
  remediation: 'Shorten the definition. The longest honest field in 4,745 measured tools has 10,205 characters.',
  references: { cwe: ['CWE-400'] },
};

export const RULES: readonly Rule[] = [INPUT_CUT];
