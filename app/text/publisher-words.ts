import type { PublisherLevel } from '#lib/catalog/views.ts';
import { LAPSE_MS } from '#lib/publishers/proofs/next-check.ts';
import type { PublicNamespace, ShownProof } from '#lib/publishers/public-namespace.ts';
import type { HistoryEntry } from '#lib/publishers/publisher-history.ts';
import { formatDate } from './format-date.ts';
import { proofWord } from './words.ts';

/** How a namespace is held, in one or two words. */
export const STANDING_WORD: Record<PublicNamespace['standing'], string> = {
  proven: 'proven',
  failing: 'proven, checks fail',
  lapsed: 'lapsed',
  granted: 'granted only',
  demonstration: 'demonstration',
};

const GITHUB_VIA: Record<Extract<ShownProof, { kind: 'github' }>['via'], string> = {
  token: 'with an access token',
  oidc: 'with the identity of a workflow',
  account: 'by signing in here',
};

/** What was shown to this registry, and where anyone can look at it again. */
export function proofSentence({ standing, proof, name }: Pick<PublicNamespace, 'standing' | 'proof' | 'name'>): string {
  if (standing === 'granted') {
    return 'An admin of this registry lets the publisher use the name. That proves nothing about who the publisher is.';
  }
  if (standing === 'demonstration') {
    return 'Part of the demonstration. Nobody can prove this name: it is reserved for examples.';
  }
  if (!proof) return `The publisher proved that it holds ${name}.`;
  if (proof.kind === 'github') {
    return `The GitHub account ${proof.login} (number ${proof.ownerId}) showed ${GITHUB_VIA[proof.via]} that the name is its own.`;
  }
  const place =
    proof.kind === 'dns' ? `A TXT record of ${proof.domain}` : `A file on the web server of ${proof.domain}`;
  const shows = standing === 'proven' ? 'shows' : 'showed';
  const what =
    proof.form === 'official'
      ? 'the public key of whoever logs in to publish'
      : 'the line that this registry asked for';
  return `${place} ${shows} ${what}.`;
}

const LAPSE_DAYS = LAPSE_MS / 86_400_000;

/** What the daily checks say, where they say something that people must know; else null. */
export function troubleSentence({
  standing,
  failingSince,
  failure,
}: Pick<PublicNamespace, 'standing' | 'failingSince' | 'failure'>): string | null {
  const found = failure ? ` ${failure}` : '';
  if (standing === 'failing' && failingSince) {
    return `Every check since ${formatDate(failingSince)} has failed.${found} After ${LAPSE_DAYS} days of that the name counts as unproven.`;
  }
  if (standing !== 'lapsed') return null;
  const since = failingSince ? ` The proof has not been seen since ${formatDate(failingSince)}.` : '';
  return `The publisher is not verified for this name any more.${since}${found}`;
}

/** The level of a publisher and what it rests on. */
export function levelSentence({
  level,
  namespaces,
}: {
  level: PublisherLevel;
  namespaces: Pick<PublicNamespace, 'standing'>[];
}): string {
  if (namespaces.length > 0 && namespaces.every(({ standing }) => standing === 'demonstration')) {
    return 'It is part of the demonstration: it shows what a verified publisher looks like.';
  }
  const holding = namespaces.filter(({ standing }) => standing !== 'granted' && standing !== 'lapsed').length;
  const others = namespaces.length - holding;
  const except =
    others === 0 ? '' : ` ${others} of its ${namespaces.length} namespaces ${others === 1 ? 'is' : 'are'} not proven.`;
  if (level === 'official') {
    return `It proved that it holds its namespace, and an admin of this registry confirmed that it is who its name says.${except}`;
  }
  if (level === 'verified') return `It proved that it holds its namespace.${except}`;
  if (namespaces.length === 0) return 'It holds no namespace here, so nothing is known about who it is.';
  if (namespaces.some(({ standing }) => standing === 'lapsed')) {
    return 'It proved its namespace once, but the proof is not there any more.';
  }
  return 'It may publish here, but has not proved that it holds its namespace.';
}

/** An event of a publisher's history, without its date and without names that link somewhere. */
export function historySentence(entry: HistoryEntry): string {
  switch (entry.kind) {
    case 'created':
      return 'Listed here for the first time.';
    case 'renamed':
      return `Renamed from ${entry.from} to ${entry.to}.`;
    case 'level-changed':
      return `Its level went from ${entry.from} to ${entry.to}.`;
    case 'namespace-granted':
      return `An admin granted ${entry.namespace}.`;
    case 'namespace-proven':
      return `${entry.namespace} was ${proofWord(entry.proof)}.`;
    case 'namespace-lapsed':
      return `The proof of ${entry.namespace} lapsed after ${LAPSE_DAYS} days without it.`;
    case 'namespace-recovered':
      return `The proof of ${entry.namespace} was seen again.`;
    case 'namespace-received':
      return `Took ${entry.namespace} over from`;
    case 'namespace-given':
      return `Transferred ${entry.namespace} to`;
    case 'signer-bound':
      return `Bound the signer ${entry.signer}.`;
    case 'signer-unbound':
      return `Unbound the signer ${entry.signer}.`;
  }
}
