import type { SignatureView } from '#lib/catalog/views.ts';

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
  const row = (label: string, value: string | null, form: EvidenceRow['form'], proves: string): EvidenceRow[] =>
    value ? [{ label, value, form, proves }] : [];
  const numbers = [
    signer.repositoryId && `repository number ${signer.repositoryId}`,
    signer.ownerId && `owner number ${signer.ownerId}`,
  ].filter(Boolean);
  return [
    ...row('Covers', COVERS[result.subject], 'text', 'A manifest that differs from it does not verify.'),
    ...row(
      'Issuer',
      signer.issuer,
      'mono',
      'Who says who the signer is. Everything below is the word of this provider.',
    ),
    ...row(
      'Identity',
      signer.san,
      'mono',
      'The account or workflow that the provider signed in when the signature was made.',
    ),
    ...row(
      'Repository',
      signer.repository,
      'link',
      'The repository whose workflow signed. It is compared by its numbers, because names change hands.',
    ),
    ...row('Numbers', numbers.join(', ') || null, 'mono', 'They stay when a repository or its owner is renamed.'),
    ...row('Workflow', signer.workflow, 'mono', 'The file that ran. Whoever can change it on this ref can sign.'),
    ...row('Commit', signer.commit, 'hash', 'The state of the repository that the workflow ran on.'),
    ...row('Ref', signer.ref, 'mono', 'The branch or tag that started it.'),
    ...row('Run', signer.runUri, 'link', 'Its log, for as long as the provider keeps it.'),
    ...row(
      'Time',
      result.signedAt,
      'time',
      result.timeSource
        ? `Said by ${TIME_SOURCE[result.timeSource]}: the certificate, which lives ten minutes, was valid then.`
        : 'The certificate, which lives ten minutes, was valid then.',
    ),
    ...row(
      'Log entry',
      result.logIndex && (result.logOrigin ? `${result.logIndex} in ${result.logOrigin}` : result.logIndex),
      'mono',
      'The signature is public: whoever uses this identity unseen leaves an entry that its owner can find.',
    ),
  ];
}
