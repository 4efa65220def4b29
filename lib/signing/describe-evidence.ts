import { workflowOf } from './source.ts';
import type { SignerFacts, VerificationResult } from './types.ts';

/** One fact of a verified signature, for people. */
export type EvidenceFact = {
  /** Name of the fact, e.g. `Commit`. */
  fact: string;
  value: string;
  /** What it proves and on whose word, in one or two sentences. */
  basis: string;
  /** An https address at which somebody can look for themselves, or null. */
  href: string | null;
};

type Verified = Extract<VerificationResult, { ok: true }>;

const LOG_SEARCH: Record<string, (index: string) => string> = {
  'https://rekor.sigstore.dev': (index) => `https://search.sigstore.dev/?logIndex=${index}`,
};

const COVERS = {
  raw: ['the bytes of the manifest', 'One changed character, and the signature does not hold any more.'],
  jcs: [
    'the canonical form of the manifest (RFC 8785)',
    'It holds when the file is only formatted anew, and does not when a value in it is changed.',
  ],
} as const;

/**
 * What a verified signature proves, fact by fact, each resting on those before it; empty for one that did not verify.
 * Values are as the certificate and the log have them: show them as text. It proves where a manifest came from, never
 * that what it describes is safe.
 */
export function describeEvidence(result: VerificationResult): EvidenceFact[] {
  if (!result.ok) return [];
  return [...contentFacts(result), ...signerFacts(result.signer), ...timeFacts(result), rootFact(result)];
}

function contentFacts({ form, subject, predicateType }: Verified): EvidenceFact[] {
  const [covers, basis] = COVERS[subject];
  const form_ =
    form === 'message'
      ? fact('Form', 'signature over the manifest', 'The manifest itself was signed, nothing else is said about it.')
      : fact(
          'Form',
          `statement of type ${predicateType ?? 'unknown'}`,
          'A signed statement (in-toto, in a DSSE envelope) names the manifest by its digest. Its other claims are the word of the signer.',
        );
  return [fact('Covers', covers, basis), form_];
}

function signerFacts(signer: SignerFacts): EvidenceFact[] {
  const { issuer, san, repository, repositoryId, ownerId, commit, ref, runUri } = signer;
  const identity = [
    fact('Issuer', issuer, 'The provider that checked who signs. All about the signer is its word.', httpsUrl(issuer)),
    fact('Identity', san, 'The account or workflow that signed in there while it made the signature.', httpsUrl(san)),
  ];
  if (repository === null) {
    const basis = 'A person or a machine signed, no workflow of a repository: nothing ties it to source code.';
    return [...identity, fact('Repository', 'none', basis)];
  }
  const numbers = [repositoryId && `repository ${repositoryId}`, ownerId && `owner ${ownerId}`].filter(Boolean);
  return [
    ...identity,
    fact('Repository', repository, 'The repository whose workflow signed.', httpsUrl(repository)),
    ...some(
      'Numbers',
      numbers.join(', ') || null,
      'Numbers of the repository and its owner. Names change hands, numbers do not, so bound signers are compared by them.',
    ),
    ...some(
      'Workflow',
      workflowName(signer),
      'The file that ran. Whoever could change it at this ref could sign.',
      sourceUrl(signer),
    ),
    ...some('Commit', commit, 'The state of the repository that the workflow ran on.', commitUrl(signer)),
    ...some('Ref', ref, 'The branch or tag that it ran on. Tags can be moved later, the commit cannot.'),
    ...some(
      'Run',
      runUri,
      'The run of the workflow; its log is there as long as the provider keeps it.',
      runUri && httpsUrl(runUri),
    ),
  ];
}

function timeFacts({ signedAt, timeSource, logIndex, logId, logOrigin }: Verified): EvidenceFact[] {
  const time =
    signedAt === null
      ? fact('Time', 'not proven', 'Nothing says when the signature was made.')
      : fact(
          'Time',
          signedAt,
          `Said by ${timeSource === 'timestamp-authority' ? 'a timestamp authority' : 'the transparency log'}, not by the signer. The certificate, which lives minutes, was valid then.`,
        );
  if (logIndex === null && logId === null) {
    const basis = 'Nobody but its recipients can know that this signature exists.';
    return [time, fact('Log entry', 'none', basis)];
  }
  const log = logOrigin ?? (logId ? `log ${logId.slice(0, 16)}` : 'a log');
  const entry = fact(
    'Log entry',
    logIndex === null ? `in ${log}` : `${logIndex} in ${log}`,
    'The signature is in a log that anyone can read and nobody can take it out of: whoever owns the identity can find what was signed in their name.',
    logIndex === null || logOrigin === null ? null : (LOG_SEARCH[logOrigin]?.(logIndex) ?? null),
  );
  return [time, entry];
}

function rootFact({ root }: Verified): EvidenceFact {
  return fact(
    'Trust root',
    root,
    'The keys that this was checked against. Its operators vouch for certificate, log and time.',
  );
}

function workflowName(signer: SignerFacts): string | null {
  const workflow = workflowOf(signer);
  return workflow?.own ?? workflow?.full ?? signer.workflow;
}

/** The workflow as it was at the signed commit, where the host is known to show files so. */
function sourceUrl(signer: SignerFacts): string | null {
  const own = workflowOf(signer)?.own;
  const base = signer.repository && knownHost(signer.repository);
  if (!own || !base || !signer.commit) return null;
  const path = own.split('/').map(encodeURIComponent).join('/');
  return `${base.url}${base.prefix}/blob/${encodeURIComponent(signer.commit)}/${path}`;
}

function commitUrl({ repository, commit }: SignerFacts): string | null {
  const base = repository && knownHost(repository);
  return base && commit ? `${base.url}${base.prefix}/commit/${encodeURIComponent(commit)}` : null;
}

function knownHost(repository: string): { url: string; prefix: string } | null {
  const url = httpsUrl(repository);
  if (url === null) return null;
  const { host } = new URL(url);
  if (host === 'github.com') return { url: repository, prefix: '' };
  return host === 'gitlab.com' ? { url: repository, prefix: '/-' } : null;
}

/** A certificate of a private authority may hold any address: only https ones become links. */
function httpsUrl(text: string): string | null {
  return URL.canParse(text) && new URL(text).protocol === 'https:' ? text : null;
}

function some(name: string, value: string | null, basis: string, href: string | null = null): EvidenceFact[] {
  return value ? [fact(name, value, basis, href)] : [];
}

function fact(name: string, value: string, basis: string, href: string | null = null): EvidenceFact {
  return { fact: name, value, basis, href };
}
