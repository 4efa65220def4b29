import { describe, expect, it } from 'vitest';
import type { Package } from '#lib/manifest/types.ts';
import { needsUserInput, planConfigurations } from '#lib/scans/introspect/configurations.ts';
import { placeholderFor } from '#lib/scans/introspect/placeholders.ts';

const pkg = (parts: Partial<Package> = {}): Package => ({
  registryType: 'npm',
  identifier: 'acme',
  version: '1.0.0',
  transport: { type: 'stdio' },
  ...parts,
});

describe('the configurations of a package', () => {
  it('are two where the manifest asks for nothing: as it is, and with a directory', () => {
    expect(planConfigurations(pkg())).toEqual([
      { name: 'manifest', args: [], env: {}, placeholders: [] },
      { name: 'directory-argument', args: ['/tmp/scan'], env: {}, placeholders: [] },
    ]);
  });

  it('follow the manifest first and fill only what is required', () => {
    const [first, second] = planConfigurations(
      pkg({
        packageArguments: [
          { type: 'positional', value: 'serve' },
          { type: 'positional', valueHint: 'directory', isRequired: true },
          { type: 'named', name: '--level', default: 'info' },
          { type: 'named', name: '--quiet', format: 'boolean', isRequired: true },
          { type: 'named', name: '--optional' },
        ],
        environmentVariables: [
          { name: 'ACME_API_KEY', isRequired: true, isSecret: true },
          { name: 'ACME_REGION', default: 'eu' },
          { name: 'ACME_EXTRA' },
        ],
      }),
    );
    expect(first).toEqual({
      name: 'manifest',
      args: ['serve', '/tmp/scan', '--level', 'info', '--quiet'],
      env: { ACME_API_KEY: 'placeholder', ACME_REGION: 'eu' },
      placeholders: ['directory', '--quiet', 'ACME_API_KEY'],
    });
    expect(second?.name).toBe('every-input');
    expect(second?.args).toEqual([...(first?.args ?? []), '--optional', 'placeholder']);
    expect(second?.env).toEqual({
      ...first?.env,
      // Long, for servers that look at how long a key is.
      ACME_API_KEY: expect.stringMatching(/^placeholder-[0-9a-f]{32}$/),
      ACME_EXTRA: 'placeholder',
    });
  });

  it('of an image set the variables that its engine would set', () => {
    const [first] = planConfigurations(
      pkg({
        registryType: 'oci',
        runtimeArguments: [
          { type: 'named', name: '-e', value: 'ACME_MODE=fast' },
          { type: 'named', name: '--env', value: 'ACME_URL={url}', variables: { url: { isRequired: true } } },
          { type: 'named', name: '-e', value: 'ACME_TOKEN' },
          { type: 'named', name: '-e', value: 'LD_PRELOAD' },
          { type: 'named', name: '-e', value: 'PATH=/evil' },
          { type: 'named', name: '--privileged' },
        ],
        environmentVariables: [{ name: 'ACME_MODE', value: 'slow' }],
      }),
    );
    expect(first).toMatchObject({
      args: [],
      env: { ACME_MODE: 'slow', ACME_URL: 'https://example.invalid', ACME_TOKEN: 'placeholder' },
      placeholders: ['ACME_URL', 'ACME_TOKEN', 'LD_PRELOAD'],
    });
    expect(first?.env.PATH).toBeUndefined();
  });

  it('fill the variables of a fixed value', () => {
    const [first] = planConfigurations(
      pkg({
        environmentVariables: [
          {
            name: 'ACME_URL',
            value: 'https://{host}:{port}/{unknown}',
            variables: { host: { isRequired: true }, port: { default: '8443' } },
          },
        ],
      }),
    );
    expect(first?.env).toEqual({ ACME_URL: 'https://example.invalid:8443/{unknown}' });
    expect(first?.placeholders).toEqual(['ACME_URL']);
  });

  it('leave out variables that no process may be given', () => {
    const names = ['PATH', 'HOME', 'TMPDIR', 'A=B', 'A B', '', 'NUL\0', 'GOOD_1'];
    const [first] = planConfigurations(
      pkg({ environmentVariables: names.map((name) => ({ name, isRequired: true })) }),
    );
    expect(Object.keys(first?.env ?? {})).toEqual(['GOOD_1']);
  });

  it('stay small however long the manifest is', () => {
    const [first] = planConfigurations(
      pkg({
        packageArguments: Array.from({ length: 5_000 }, () => ({
          type: 'positional' as const,
          value: 'x'.repeat(50_000),
        })),
        environmentVariables: Array.from({ length: 5_000 }, (_, index) => ({ name: `V${index}`, isRequired: true })),
      }),
    );
    expect(first?.args).toHaveLength(100);
    expect(first?.args[0]).toHaveLength(4_096);
    expect(Object.keys(first?.env ?? {})).toHaveLength(200);
  });
});

describe('a placeholder', () => {
  it.each([
    ['ACME_API_KEY', {}, 'placeholder'],
    ['API_BASE_URL', {}, 'https://example.invalid'],
    ['SLACK_WEBHOOK', {}, 'https://example.invalid'],
    ['DATABASE_URL', {}, 'postgresql://placeholder:placeholder@example.invalid:5432/placeholder'],
    ['MONGODB_URI', {}, 'mongodb://placeholder:placeholder@example.invalid:27017/placeholder'],
    ['REDIS_URL', {}, 'redis://example.invalid:6379'],
    ['PORT', {}, '8080'],
    ['SMTP_HOST', {}, 'example.invalid'],
    ['USER_EMAIL', {}, 'nobody@example.invalid'],
    ['VAULT_PATH', {}, '/tmp/scan'],
    ['anything', { format: 'filepath' as const }, '/tmp/scan'],
    ['anything', { format: 'boolean' as const }, 'true'],
    ['anything', { format: 'number' as const }, '1'],
    ['LISTEN_PORT', { format: 'number' as const }, '8080'],
    ['MODE', { choices: ['fast', 'slow'] }, 'fast'],
    ['ACME_TOKEN', { placeholder: 'acme_0123' }, 'acme_0123'],
    ['ACME_TOKEN', { placeholder: 'Your token, from the settings' }, 'placeholder'],
    ['ACME_TOKEN', { placeholder: '<token>' }, 'placeholder'],
    ['VAULT_PATH', { placeholder: '/Users/me/vault' }, '/tmp/scan'],
  ])('for %s %j is %s', (name, input, expected) => {
    expect(placeholderFor(input, name)).toBe(expected);
  });
});

describe('user input', () => {
  it.each([
    [{ environmentVariables: [{ name: 'KEY', isRequired: true }] }, true],
    [{ environmentVariables: [{ name: 'KEY', isRequired: true, default: 'x' }] }, false],
    [{ environmentVariables: [{ name: 'KEY' }] }, false],
    [{ packageArguments: [{ type: 'positional' as const, isRequired: true }] }, true],
    [
      { packageArguments: [{ type: 'positional' as const, value: '{a}', variables: { a: { isRequired: true } } }] },
      true,
    ],
    [{}, false],
  ])('is needed for %j: %s', (parts, expected) => {
    expect(needsUserInput(pkg(parts))).toBe(expected);
  });
});
