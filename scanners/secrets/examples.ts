import type { Argument, KeyValueInput } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest, ofText } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { ASKS_FOR_SECRET, SECRET_AS_ARGUMENT, SECRET_IN_METADATA, SECRET_NOT_MARKED } from './rules.ts';

const PACKAGE = {
  registryType: 'npm',
  identifier: 'weather-mcp',
  version: '1.0.0',
  transport: { type: 'stdio' as const },
};

const ofVariable = (variable: KeyValueInput): InputSnapshot =>
  ofManifest({ packages: [{ ...PACKAGE, environmentVariables: [variable] }] });
const ofArgument = (argument: Argument): InputSnapshot =>
  ofManifest({ packages: [{ ...PACKAGE, packageArguments: [argument] }] });
const ofHeader = (header: KeyValueInput): InputSnapshot =>
  ofManifest({ remotes: [{ type: 'streamable-http', url: 'https://mcp.example.com', headers: [header] }] });

// Put together here so that no scanner of this repository takes them for real ones.
const GITHUB = `ghp_${'9fK2mXq7Lw3ZbT5vRc8NdY1hJs6PgE4uAo0W'}`;
const AWS = `AKIA${'Q3EGRZ7LWX5T2MBN'}`;
const OPENAI = `sk-proj-${'r8Tq2LmX5vNc9WbZ3kJh7PdY4sGf6AeU'}`;

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(SECRET_IN_METADATA, {
    finds: [
      ['a token as the value of a variable', ofVariable({ name: 'GITHUB_TOKEN', isSecret: true, value: GITHUB })],
      ['a key in a description', ofText(`Returns the weather. Use ${OPENAI} for tests.`)],
      ['a key in an argument', ofArgument({ type: 'named', name: '--id', value: AWS })],
      ['a password in a URL', ofVariable({ name: 'STORE', default: 'postgres://svc:qW8rTz3Lm9@db.prod.acme.io/app' })],
    ],
    leaves: [
      ['the key that the documentation of AWS uses', ofText('An access key looks like AKIAIOSFODNN7EXAMPLE.')],
      [
        'a placeholder',
        ofVariable({ name: 'GITHUB_TOKEN', isSecret: true, placeholder: 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }),
      ],
      [
        'a connection string to fill in',
        ofVariable({ name: 'STORE', default: 'postgres://user:password@localhost:5432/app' }),
      ],
      ['a digest', ofText('Pinned to sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.')],
    ],
  }),
  ...examplesOf(SECRET_NOT_MARKED, {
    finds: [
      ['a token in a variable', ofVariable({ name: 'GITHUB_TOKEN' })],
      ['a key in a header', ofHeader({ name: 'X-API-Key' })],
      ['a password in an argument', ofArgument({ type: 'named', name: '--db-password' })],
      ['marked as no secret', ofVariable({ name: 'STRIPE_SECRET_KEY', isSecret: false })],
    ],
    leaves: [
      ['a marked token', ofVariable({ name: 'GITHUB_TOKEN', isSecret: true })],
      ['a number of tokens', ofVariable({ name: 'MAX_TOKENS' })],
      ['the path of a key file', ofVariable({ name: 'PRIVATE_KEY_PATH' })],
      [
        'a header filled from a marked variable',
        ofHeader({ name: 'Authorization', value: 'Bearer {key}', variables: { key: { isSecret: true } } }),
      ],
      ['an identifier of a key', ofVariable({ name: 'AWS_ACCESS_KEY_ID' })],
    ],
  }),
  ...examplesOf(SECRET_AS_ARGUMENT, {
    finds: [
      ['a named argument', ofArgument({ type: 'named', name: '--api-key', isSecret: true })],
      ['a positional argument', ofArgument({ type: 'positional', valueHint: 'access_token', isSecret: true })],
      [
        'a variable inside an argument',
        ofArgument({ type: 'named', name: '--auth', value: '{token}', variables: { token: { isSecret: true } } }),
      ],
    ],
    leaves: [
      ['an environment variable', ofVariable({ name: 'API_KEY', isSecret: true })],
      ['an argument without a secret', ofArgument({ type: 'named', name: '--region' })],
      [
        'an environment variable handed to a container',
        ofManifest({
          packages: [
            {
              ...PACKAGE,
              runtimeArguments: [
                { type: 'named', name: '-e', value: 'API_KEY={key}', variables: { key: { isSecret: true } } },
              ],
            },
          ],
        }),
      ],
    ],
  }),
  ...examplesOf(ASKS_FOR_SECRET, {
    finds: [
      ['a marked variable', ofVariable({ name: 'GITHUB_TOKEN', isSecret: true })],
      ['a variable named like a secret', ofVariable({ name: 'DB_PASSWORD' })],
      ['a header', ofHeader({ name: 'Authorization', isSecret: true })],
    ],
    leaves: [
      ['a region', ofVariable({ name: 'AWS_REGION' })],
      ['a token limit', ofVariable({ name: 'MAX_TOKEN_COUNT' })],
      ['a header that is no secret', ofHeader({ name: 'X-Tenant' })],
    ],
  }),
];
