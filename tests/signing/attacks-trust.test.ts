import type { SerializedBundle } from '@sigstore/bundle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import type { SigningErrorCode, TrustRoot } from '#lib/signing/types.ts';
import { EKU_SERVER_AUTH, type Extension, generalName } from '#tests/fixtures/sigstore/certificates.ts';
import { utf8String } from '#tests/fixtures/sigstore/der.ts';
import { type FulcioFaults, fulcioOid } from '#tests/fixtures/sigstore/fulcio.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { changed, expectRefusal, type Json, MANIFEST, verify } from './signing-kit.ts';

let sigstore: PrivateSigstore;
let foreign: PrivateSigstore;
let stamped: SerializedBundle;

beforeAll(async () => {
  [sigstore, foreign] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  stamped = await sign(sigstore);
});
afterAll(() => Promise.all([sigstore.close(), foreign.close()]));

function sign(instance: PrivateSigstore): Promise<SerializedBundle> {
  const services = instance.services({ tsa: true });
  return signManifest({ manifestBytes: MANIFEST, form: 'message', sigstore: services, identityToken: gitHubToken() });
}

const HOUR = 60 * 60 * 1000;
const [GOOD, EVIL] = [generalName.uri('https://good.example'), generalName.uri('https://evil.example')];

describe('a certificate of the right authority that must not sign manifests', () => {
  test.each<{ it: string; faults: FulcioFaults; sentence: RegExp }>([
    {
      it: 'was over before the signing',
      faults: { issueAt: new Date(Date.now() - HOUR) },
      sentence: /at the time of signing/,
    },
    {
      it: 'began after the signing',
      faults: { issueAt: new Date(Date.now() + HOUR) },
      sentence: /at the time of signing/,
    },
    { it: 'was in no certificate log', faults: { withoutSct: true }, sentence: /SCT/ },
    { it: 'is for web servers', faults: { keyUsages: [EKU_SERVER_AUTH] }, sentence: /not for code signing/ },
    { it: 'has no usage', faults: { withoutExtensions: ['2.5.29.37'] }, sentence: /not for code signing/ },
    { it: 'has two names', faults: { subjectNames: [GOOD, EVIL] }, sentence: /2 subject names/ },
    { it: 'has no name', faults: { withoutExtensions: ['2.5.29.17'] }, sentence: /0 subject names/ },
    {
      it: 'has a host name',
      faults: { subjectNames: [generalName.dns('example.com')] },
      sentence: /neither a URI nor/,
    },
    {
      it: 'has a line break in its name',
      faults: { subjectNames: [generalName.uri('https://x/\ny')] },
      sentence: /control char/,
    },
    {
      it: 'has Cyrillic in its name',
      faults: { subjectNames: [generalName.email('аlice@example.com')] },
      sentence: /belong/,
    },
    {
      it: 'names no issuer',
      faults: { withoutExtensions: [fulcioOid(1), fulcioOid(8)] },
      sentence: /no identity issuer/,
    },
    {
      it: 'names two issuers',
      faults: { moreExtensions: [text(8, 'https://evil.example')] },
      sentence: /57264\.1\.8 twice/,
    },
    { it: 'names two repository ids', faults: { moreExtensions: [text(15, '1')] }, sentence: /57264\.1\.15 twice/ },
    {
      it: 'has a bare repository',
      faults: instead({ id: fulcioOid(12), value: Buffer.from('https://x/y') }),
      sentence: /1\.12/,
    },
    { it: 'has terminal commands in its ref', faults: instead(text(14, 'refs/\u001b[2J')), sentence: /control char/ },
    {
      it: 'has half a character in its ref',
      faults: instead({ id: fulcioOid(14), value: halfCharacter() }),
      sentence: /not UTF-8/,
    },
  ])('it $it', async ({ faults, sentence }) => {
    const instance = await startPrivateSigstore();
    try {
      instance.setFaults(faults);
      expectRefusal(verify(await sign(instance), [instance.trustRoot]), 'CERTIFICATE_INVALID', sentence);
    } finally {
      await instance.close();
    }
  });

  test('the issuer of an old certificate is read from the old extension', async () => {
    const instance = await startPrivateSigstore();
    instance.setFaults({ withoutExtensions: [fulcioOid(8)] });
    const result = verify(await sign(instance), [instance.trustRoot]);
    await instance.close();
    expect(result).toMatchObject({ ok: true, signer: { issuer: 'https://token.actions.githubusercontent.com' } });
  });
});

describe('a root that does not fit', () => {
  const past = { start: '2020-01-01T00:00:00Z', end: '2020-02-01T00:00:00Z' };
  const root = (members: Partial<TrustRoot>) => [{ ...sigstore.trustRoot, ...members }];
  const edited = (change: (json: Json) => void) => root({ trustedRoot: changed(sigstore.trustedRoot, change) });
  const from = (member: string) => edited((json) => Object.assign(json, { [member]: foreign.trustedRoot[member] }));

  test.each<{ what: string; roots: () => TrustRoot[]; code: SigningErrorCode; sentence: RegExp }>([
    { what: 'no root', roots: () => [], code: 'NO_TRUSTED_ROOT', sentence: /namespace io\.github\.acme\./ },
    {
      what: 'the root of another Sigstore',
      roots: () => [foreign.trustRoot],
      code: 'NO_TRUSTED_ROOT',
      sentence: /private fulcio/,
    },
    {
      what: 'other namespaces',
      roots: () => root({ namespaces: ['io.github', 'io.github.acme2'] }),
      code: 'NO_TRUSTED_ROOT',
      sentence: /may not speak/,
    },
    {
      what: 'the namespace in capitals',
      roots: () => root({ namespaces: ['IO.GITHUB.ACME'] }),
      code: 'NO_TRUSTED_ROOT',
      sentence: /may not speak/,
    },
    {
      what: 'an empty list of namespaces',
      roots: () => root({ namespaces: [] }),
      code: 'NO_TRUSTED_ROOT',
      sentence: /may not speak/,
    },
    {
      what: 'the right root for another namespace, a foreign one for this',
      roots: () => [...root({ namespaces: ['com.example'] }), { ...foreign.trustRoot, name: 'foreign' }],
      code: 'NO_TRUSTED_ROOT',
      sentence: /asked: foreign\)/,
    },
    {
      what: 'an authority whose time is over',
      roots: () => edited((json) => Object.assign(json.certificateAuthorities[0], { validFor: past })),
      code: 'CERTIFICATE_INVALID',
      sentence: /does not lead to an authority/,
    },
    {
      what: 'logs whose time is over',
      roots: () =>
        edited((json) => {
          for (const log of json.tlogs) log.publicKey.validFor = past;
        }),
      code: 'TLOG_INVALID',
      sentence: /knows/,
    },
    { what: 'logs of another Sigstore', roots: () => from('tlogs'), code: 'TLOG_INVALID', sentence: /knows/ },
    {
      what: 'certificate logs of another Sigstore',
      roots: () => from('ctlogs'),
      code: 'CERTIFICATE_INVALID',
      sentence: /SCT/,
    },
    {
      what: 'another timestamp authority',
      roots: () => from('timestampAuthorities'),
      code: 'TIMESTAMP_INVALID',
      sentence: /another authority/,
    },
    {
      what: 'a log key without the start of its validity',
      roots: () => edited((json) => Object.assign(json.tlogs[0].publicKey, { validFor: {} })),
      code: 'ROOT_MALFORMED',
      sentence: /start of its validity/,
    },
    {
      what: 'nothing in it',
      roots: () => root({ trustedRoot: null }),
      code: 'ROOT_MALFORMED',
      sentence: /private-sigstore/,
    },
  ])('$what', ({ roots, code, sentence }) => {
    expectRefusal(verify(stamped, roots()), code, sentence);
  });

  test('a root for the namespace of the manifest speaks for it', () => {
    expect(verify(stamped, root({ namespaces: ['com.example', 'io.github.acme'] }))).toMatchObject({ ok: true });
  });
});

function text(n: number, value: string): Extension {
  return { id: fulcioOid(n), value: utf8String(value) };
}

function instead(extension: Extension): FulcioFaults {
  return { withoutExtensions: [extension.id], moreExtensions: [extension] };
}

/** A UTF8String that ends inside a character. */
function halfCharacter(): Buffer {
  return Buffer.from([0x0c, 0x01, 0xc3]);
}
