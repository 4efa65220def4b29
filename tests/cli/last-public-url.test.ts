import { expect, it } from 'vitest';
import { keepPublicUrl, withLastPublicUrl } from '#cli/last-public-url.ts';
import { parseConfig } from '#lib/config/config.ts';
import { testInstance } from '../instance.ts';

testInstance();

it('uses the address of the last start where the environment names none', async () => {
  const settings = parseConfig({});
  expect((await withLastPublicUrl(settings, {})).publicUrl).toBe('http://localhost:3000');
  await keepPublicUrl(parseConfig({ PORT: '4701' }));
  await keepPublicUrl(parseConfig({ PORT: '4702' }));
  expect((await withLastPublicUrl(settings, {})).publicUrl).toBe('http://localhost:4702');
  expect((await withLastPublicUrl(parseConfig({ PORT: '5000' }), { PORT: '5000' })).publicUrl).toBe(
    'http://localhost:5000',
  );
});
