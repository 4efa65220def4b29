import type { SignerChange } from '#lib/catalog/signer-change.ts';

/** One or two words for a list. */
export const SIGNER_CHANGE_WORD: Record<SignerChange['kind'], string> = {
  'signer-changed': 'signer changed',
  'signature-disappeared': 'not signed any more',
};

/** How the signer differs from the version before. A fact to look at, and no accusation. */
export function signerChangeSentences({ kind, previousVersion, from, to }: SignerChange): { what: string; so: string } {
  const before = `Version ${previousVersion} was signed by ${from?.text ?? 'somebody'}`;
  if (kind === 'signature-disappeared') {
    return {
      what: `${before}; this one came without a signature.`,
      so: 'A release made by hand has none, and so has one that somebody else made. Ask the publisher before you rely on it.',
    };
  }
  return {
    what: `${before}; this one by ${to?.text ?? 'somebody else'}.`,
    so: 'Workflows and repositories move, and so do people. Look whether you expected this one before you rely on it.',
  };
}
