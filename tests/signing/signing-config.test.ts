import { describe, expect, test } from 'vitest';
import { type SigstoreServices, servicesOfSigningConfig } from '#lib/signing/index.ts';

const NOW = new Date('2026-11-21T00:00:00Z');
const service = (url: string, majorApiVersion = 1, start = '2026-01-01T00:00:00Z', end?: string) => ({
  url,
  majorApiVersion,
  validFor: { start, ...(end && { end }) },
  operator: 'example.com',
});
const CONFIG = {
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [service('https://fulcio.example')],
  rekorTlogUrls: [service('https://rekor.example')],
  rekorTlogConfig: { selector: 'ANY' },
  tsaUrls: [service('https://tsa.example')],
  tsaConfig: { selector: 'ANY' },
};
const read = (config: unknown) => servicesOfSigningConfig(JSON.stringify(config), NOW);

describe('the services of a signing configuration', () => {
  test.each<[string, object, Partial<SigstoreServices>]>([
    ['one of each', {}, { fulcioURL: 'https://fulcio.example', tsaURL: 'https://tsa.example', rekorVersion: 1 }],
    [
      'the higher version of the log',
      { rekorTlogUrls: [service('https://old.example'), service('https://new.example', 2)] },
      { rekorURL: 'https://new.example', rekorVersion: 2 },
    ],
    [
      'a version that is not known here',
      { rekorTlogUrls: [service('https://future.example', 3), service('https://known.example', 2)] },
      { rekorURL: 'https://known.example' },
    ],
    [
      'the newest of a version',
      { caUrls: [service('https://2025.example', 1, '2025-01-01T00:00:00Z'), service('https://2026.example')] },
      { fulcioURL: 'https://2026.example' },
    ],
    [
      'one that has ended and one that has not begun',
      {
        caUrls: [
          service('https://ended.example', 1, '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'),
          service('https://later.example', 1, '2027-01-01T00:00:00Z'),
          service('https://now.example', 1, '2025-01-01T00:00:00Z', '2026-12-01T00:00:00Z'),
        ],
      },
      { fulcioURL: 'https://now.example' },
    ],
    ['exactly one', { rekorTlogConfig: { selector: 'EXACT', count: 1 } }, { rekorURL: 'https://rekor.example' }],
  ])('%s', (_, changes, services) => {
    expect(read({ ...CONFIG, ...changes })).toMatchObject(services);
  });

  test.each<[string, unknown, RegExp]>([
    ['a list', [], /expected object/],
    ['an older format', { ...CONFIG, mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' }, /mediaType/],
    ['no authority', { ...CONFIG, caUrls: [] }, /certificate authority/],
    ['no log in service', { ...CONFIG, rekorTlogUrls: [service('https://x.example', 3)] }, /transparency log/],
    ['no timestamp authority though asked for', { ...CONFIG, tsaUrls: [] }, /timestamp authority/],
    ['all logs at once', { ...CONFIG, rekorTlogConfig: { selector: 'ALL' } }, /asks for ALL/],
    ['two timestamps', { ...CONFIG, tsaConfig: { selector: 'EXACT', count: 2 } }, /asks for EXACT 2/],
  ])('%s is refused', (_, config, sentence) => {
    expect(() => read(config)).toThrowError(expect.objectContaining({ code: 'SIGNING_CONFIG_MALFORMED' }));
    expect(() => read(config)).toThrowError(sentence);
  });

  test('no timestamp authority where none is asked for', () => {
    expect(read({ ...CONFIG, tsaConfig: undefined })).not.toHaveProperty('tsaURL');
  });

  test('text that is no JSON is refused', () => {
    expect(() => servicesOfSigningConfig('hello', NOW)).toThrowError(/not JSON/);
  });
});
