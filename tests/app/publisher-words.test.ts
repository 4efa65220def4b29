import { describe, expect, it } from 'vitest';
import { historySentence, levelSentence, proofSentence, troubleSentence } from '#app/text/publisher-words.ts';
import type { PublicNamespace } from '#lib/publishers/public-namespace.ts';

const namespace = (parts: Partial<PublicNamespace> = {}): PublicNamespace => ({
  name: 'com.acme',
  kind: 'dns',
  standing: 'proven',
  proof: { kind: 'dns', form: 'bound', domain: 'acme.com', key: null },
  since: '2026-10-01T00:00:00Z',
  confirmedAt: '2026-11-20T00:00:00Z',
  failingSince: null,
  failure: null,
  ...parts,
});

describe('what a namespace rests on', () => {
  it.each<[string, Partial<PublicNamespace>, RegExp]>([
    ['DNS', {}, /^A TXT record of acme\.com shows the line that this registry asked for\.$/],
    [
      'HTTP with a key',
      { proof: { kind: 'http', form: 'official', domain: 'acme.com', key: 'ed25519:x' } },
      /^A file on the web server of acme\.com shows the public key/,
    ],
    ['DNS that lapsed', { standing: 'lapsed' }, /^A TXT record of acme\.com showed the line/],
    [
      'GitHub',
      { proof: { kind: 'github', via: 'oidc', login: 'acme', ownerId: '7' } },
      /account acme \(number 7\) showed with the identity of a workflow/,
    ],
    ['a grant', { kind: 'granted', standing: 'granted', proof: null }, /proves nothing about who the publisher is/],
    ['the demonstration', { kind: 'demonstration', standing: 'demonstration', proof: null }, /Nobody can prove this/],
  ])('is said for %s', (_, parts, text) => {
    expect(proofSentence(namespace(parts))).toMatch(text);
  });

  it('is no trouble while the proof holds', () => {
    expect(troubleSentence(namespace())).toBeNull();
    expect(troubleSentence(namespace({ standing: 'granted' }))).toBeNull();
  });

  it('says since when checks fail, what they found and when the name falls', () => {
    const failing = { failingSince: '2026-11-18T10:00:00Z', failure: 'The domain shows no record of the kind.' };
    expect(troubleSentence(namespace({ standing: 'failing', ...failing }))).toBe(
      'Every check since 18 November 2026 has failed. The domain shows no record of the kind. After 7 days of that the name counts as unproven.',
    );
    expect(troubleSentence(namespace({ standing: 'lapsed', ...failing }))).toBe(
      'The publisher is not verified for this name any more. The proof has not been seen since 18 November 2026. The domain shows no record of the kind.',
    );
  });
});

describe('the level of a publisher', () => {
  const of = (level: 'unverified' | 'verified' | 'official', ...standings: PublicNamespace['standing'][]) =>
    levelSentence({ level, namespaces: standings.map((standing) => ({ standing })) });

  it.each([
    [of('official', 'proven'), /confirmed that it is who its name says\.$/],
    [of('verified', 'proven'), /^It proved that it holds its namespace\.$/],
    [of('verified', 'proven', 'granted', 'lapsed'), /2 of its 3 namespaces are not proven\.$/],
    [of('verified', 'failing', 'granted'), /1 of its 2 namespaces is not proven\.$/],
    [of('verified', 'demonstration'), /part of the demonstration/],
    [of('unverified', 'granted'), /may publish here, but has not proved/],
    [of('unverified', 'lapsed', 'granted'), /proved its namespace once/],
    [of('unverified'), /holds no namespace here/],
  ])('%s', (sentence, text) => {
    expect(sentence).toMatch(text);
  });
});

describe('the history of a publisher', () => {
  const at = '2026-11-18T10:00:00Z';

  it('has a sentence for each kind, and leaves the other publisher for a link', () => {
    expect(historySentence({ at, kind: 'renamed', from: 'Acme', to: 'Acme Inc' })).toBe(
      'Renamed from Acme to Acme Inc.',
    );
    expect(historySentence({ at, kind: 'namespace-proven', namespace: 'com.acme', proof: 'dns' })).toBe(
      'com.acme was proved through DNS.',
    );
    const other = { slug: 'oldco', displayName: 'Oldco' };
    expect(historySentence({ at, kind: 'namespace-received', namespace: 'com.acme', other })).toBe(
      'Took com.acme over from',
    );
  });
});
