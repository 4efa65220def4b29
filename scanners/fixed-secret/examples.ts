import type { KeyValueInput } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { FIXED_SECRET } from './rules.ts';

const ofVariable = (variable: KeyValueInput): InputSnapshot =>
  ofManifest({
    packages: [
      {
        registryType: 'npm',
        identifier: 'weather-mcp',
        version: '1.0.0',
        transport: { type: 'stdio' },
        environmentVariables: [variable],
      },
    ],
  });
const ofHeader = (header: KeyValueInput): InputSnapshot =>
  ofManifest({ remotes: [{ type: 'streamable-http', url: 'https://example.com/mcp', headers: [header] }] });

export const EXAMPLES: readonly RuleExample[] = examplesOf(FIXED_SECRET, {
  finds: [
    ['a variable with its value', ofVariable({ name: 'DB_PASSWORD', isSecret: true, value: 'correct horse battery' })],
    ['a header with its value', ofHeader({ name: 'Authorization', isSecret: true, value: 'Bearer 8dh3kq' })],
    [
      'a value that was left out of the report',
      ofVariable({ name: 'KEY', isSecret: true, value: '[redacted: 20 characters]' }),
    ],
  ],
  leaves: [
    ['a secret that the user gives', ofVariable({ name: 'DB_PASSWORD', isSecret: true })],
    [
      'a value made of a secret that the user gives',
      ofHeader({
        name: 'Authorization',
        isSecret: true,
        value: 'Bearer {token}',
        variables: { token: { isSecret: true } },
      }),
    ],
    ['a fixed value that is no secret', ofVariable({ name: 'REGION', value: 'eu' })],
    ['a reference that a client fills in', ofVariable({ name: 'API_KEY', isSecret: true, value: '%API_KEY%' })],
  ],
});
