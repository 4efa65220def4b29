import { expect, test } from 'vitest';
import { decideSignature } from '#lib/signing/signature-state.ts';
import type { SignatureState, SignerIdentity, VerificationResult } from '#lib/signing/types.ts';

const issuer = 'https://accounts.google.com';
const BOUND: SignerIdentity = { kind: 'email', issuer, san: 'alice@example.com' };

const INVALID: VerificationResult = {
  ok: false,
  code: 'SIGNATURE_INVALID',
  message: 'No.',
  bundleSha256: null,
  verifierVersion: '1',
};

function by(san: string): VerificationResult {
  const nothing = {
    repository: null,
    repositoryId: null,
    ownerId: null,
    workflow: null,
    commit: null,
    ref: null,
    runUri: null,
  };
  return {
    ok: true,
    root: 'public-good',
    form: 'message',
    subject: 'raw',
    signer: { issuer, san, ...nothing },
    signedAt: null,
    logIndex: null,
    logId: null,
    logOrigin: null,
    timeSource: null,
    predicateType: null,
    bundleSha256: san,
    bundleMediaType: '',
    verifierVersion: '1',
  };
}
const ALICE = by('alice@example.com');
const MALLORY = by('mallory@example.com');

test.each<[string, VerificationResult[], SignerIdentity[], SignatureState, VerificationResult | null]>([
  ['no bundle', [], [BOUND], 'none', null],
  ['no bundle and no identity', [], [], 'none', null],
  ['a broken bundle', [INVALID], [BOUND], 'invalid', INVALID],
  ['a stranger', [MALLORY], [BOUND], 'unknown-signer', MALLORY],
  ['somebody, and nobody is bound', [ALICE], [], 'unknown-signer', ALICE],
  ['the bound signer', [ALICE], [BOUND], 'signed', ALICE],
  ['a stranger before a broken bundle', [INVALID, MALLORY], [BOUND], 'unknown-signer', MALLORY],
  ['the bound signer behind a stranger and a broken bundle', [INVALID, MALLORY, ALICE], [BOUND], 'signed', ALICE],
])('%s', (_name, results, identities, state, result) => {
  expect(decideSignature(results, identities)).toEqual({ state, result, identity: state === 'signed' ? BOUND : null });
});
