import type { SignatureView } from '#lib/catalog/views.ts';
import type { SignerFacts } from '#lib/signing/types.ts';

/** One fact of a verified signature with what it proves. */
export type EvidenceRow = {
  label: string;
  value: string;
  /** `time` is ISO 8601; `link` is an https address of the certificate; `hash` is shown short. */
  form: 'text' | 'mono' | 'hash' | 'time' | 'link';
  proves: string;
};

const COVERS = {
  raw: 'the uploaded bytes',
  jcs: 'the canonical form of the manifest (RFC 8785)',
} as const;

const TIME_SOURCE = { log: 'the transparency log', 'timestamp-authority': 'a timestamp authority' } as const;

/** The facts of a signature that verified, in the order in which one rests on the other; empty for one that did not. */
export function evidenceRows({ result, signer }: Pick<SignatureView, 'result' | 'signer'>): EvidenceRow[] {
  if (!result.ok || !signer) return [];
  return [
    row('Covers', COVERS[result.subject], 'text', 'A manifest that differs from it does not verify.'),
    row('Issuer', signer.issuer, 'mono', 'Who says who the signer is. What follows is the word of this provider.'),
    row('Identity', signer.san, 'mono', 'The account or workflow that signed in there to make the signature.'),
    ...sourceRows(signer),
    result.signedAt
      ? row(
          'Time',
          result.signedAt,
          'time',
          `${saidBy(result.timeSource)} the certificate, which lives minutes, was valid then.`,
        )
      : row('Time', 'not proven', 'text', 'Nothing says when the signature was made.'),
    result.logIndex
      ? row(
          'Log entry',
          result.logOrigin ? `${result.logIndex} in ${result.logOrigin}` : result.logIndex,
          'mono',
          'The signature is in a public log: its owner can find whatever is signed under this identity.',
        )
      : row('Log entry', 'none', 'text', 'Nobody but its recipients can know that the signature exists.'),
  ];
}

const row = (label: string, value: string, form: EvidenceRow['form'], proves: string): EvidenceRow => ({
  label,
  value,
  form,
  proves,
});

const saidBy = (source: keyof typeof TIME_SOURCE | null | undefined): string =>
  source ? `Said by ${TIME_SOURCE[source]}:` : 'Proven:';

/** Where the signer ran, as the certificate has it. */
function sourceRows(signer: SignerFacts): EvidenceRow[] {
  const { repository, repositoryId, ownerId, workflow, commit, ref, runUri } = signer;
  if (!repository) {
    return [
      row('Repository', 'none', 'text', 'A person or a machine signed, no workflow: nothing ties it to source code.'),
    ];
  }
  const numbers = [repositoryId && `repository ${repositoryId}`, ownerId && `owner ${ownerId}`]
    .filter(Boolean)
    .join(', ');
  const some = (label: string, value: string | null, form: EvidenceRow['form'], proves: string) =>
    value ? [row(label, value, form, proves)] : [];
  return [
    row('Repository', repository, 'link', 'The repository whose workflow signed.'),
    ...some(
      'Numbers',
      numbers || null,
      'mono',
      'What a bound signer is compared by: names change hands, numbers do not.',
    ),
    ...some('Workflow', workflow, 'mono', 'The file that ran. Whoever can change it at this ref can sign.'),
    ...some('Commit', commit, 'hash', 'The state of the repository that it ran on.'),
    ...some('Ref', ref, 'mono', 'The branch or tag that it ran on.'),
    ...some('Run', runUri, 'link', 'Its log, for as long as the provider keeps it.'),
  ];
}
