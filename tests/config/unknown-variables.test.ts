import { expect, it } from 'vitest';
import { unknownVariables } from '#lib/config/unknown-variables.ts';

it.each([
  ['HALLMARK_DATADIR', /There is no variable HALLMARK_DATADIR, .* Did you mean HALLMARK_DATA_DIR\?/],
  ['HALLMARK_TRUST_ROOT', /Did you mean HALLMARK_TRUST_ROOTS\?/],
  ['HALLMARK_DATABASE_URL', /Did you mean DATABASE_URL\?/],
  ['HALLMARK_PORT', /Did you mean PORT\?/],
  ['HALLMARK_SOMETHING_ELSE', /is ignored\.$/],
])('warns about %s', (name, warning) => {
  expect(unknownVariables({ [name]: '4701' })).toEqual([expect.stringMatching(warning)]);
});

it('is silent about what is read, empty or not ours', () => {
  const names = 'URL JOBS TEST_REPORT REGISTRY TOKEN WRITE_TOKEN EDIT_TOKEN PRIVATE_KEY PROCESS SERVICE_HOST';
  const env = Object.fromEntries(names.split(' ').map((name) => [`HALLMARK_${name}`, 'x']));
  expect(
    unknownVariables({
      ...env,
      HALLMARK_EMPTY: '',
      PATH: '/bin',
      HALLMARK_PORT: 'tcp://10.0.0.1:3000',
      HALLMARK_PORT_3000_TCP: 'tcp://10.0.0.1:3000',
    }),
  ).toEqual([]);
});
