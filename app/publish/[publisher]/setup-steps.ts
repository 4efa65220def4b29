import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { countOf } from '../../text/count-of.ts';

export type SetupStep = {
  id: 'namespace' | 'signer' | 'token' | 'publish';
  title: string;
  state: 'done' | 'under way' | 'to do';
  /** How it stands, or what it is for. */
  text: string;
  tab: 'namespaces' | 'signers' | 'tokens' | 'versions';
  /** Words of the link to where it is done. */
  action: string;
};

type Facts = Pick<PublisherConsole, 'namespaces' | 'claims' | 'signers' | 'seenSigners' | 'tokens' | 'published'>;

/** What leads from nothing to a verified, signed listing, in order, each with how it stands. */
export function setupSteps(facts: Facts, now: Date): SetupStep[] {
  return [namespaceStep(facts), signerStep(facts), tokenStep(facts, now), publishStep(facts)];
}

/** Whether a listing is verified and signed. A token is a means to that, so a publisher that needs none is done too. */
export const isSetUp = (steps: SetupStep[]): boolean =>
  steps.every(({ id, state }) => state === 'done' || id === 'token');

function namespaceStep({ namespaces, claims }: Facts): SetupStep {
  const step = { id: 'namespace', title: 'Prove a namespace', tab: 'namespaces' } as const;
  const proven = namespaces.find(({ state }) => state === 'proven' || state === 'failing');
  if (proven) return { ...step, state: 'done', text: `${proven.name} is proven.`, action: 'See namespaces' };
  const claim = claims[0];
  if (claim) {
    const text = `${claim.namespace} is not proven yet. Do what its instructions say, then check.`;
    return { ...step, state: 'under way', text, action: 'Go on with it' };
  }
  const held = namespaces[0];
  if (held) {
    const why = held.state === 'lapsed' ? 'its proof is not seen any more' : 'nothing proves who you are';
    const text = `You can publish under ${held.name}, but ${why}: what you publish shows as unverified.`;
    return { ...step, state: 'under way', text, action: 'Prove it' };
  }
  const text = 'A domain of yours or your GitHub account. The names of your servers begin with it.';
  return { ...step, state: 'to do', text, action: 'Claim a namespace' };
}

function signerStep({ signers, seenSigners }: Facts): SetupStep {
  const step = { id: 'signer', title: 'Bind a signer', tab: 'signers' } as const;
  if (signers[0]) {
    const rest = signers.length > 1 ? ` and ${countOf(signers.length - 1, 'other')}` : '';
    return { ...step, state: 'done', text: `${signers[0].text}${rest} may sign.`, action: 'See signers' };
  }
  const seen = seenSigners[0];
  if (seen) {
    const text = `${seen.serverName} ${seen.version} was signed by ${seen.text}. Bind this signer if it is yours.`;
    return { ...step, state: 'under way', text, action: 'Bind it' };
  }
  const text =
    'The workflow or person whose signatures count as yours. Without its numbers at hand, publish a signed version first: then one click binds who signed it.';
  return { ...step, state: 'to do', text, action: 'Bind a signer' };
}

function tokenStep({ tokens }: Facts, now: Date): SetupStep {
  const step = { id: 'token', title: 'Issue a token', tab: 'tokens' } as const;
  const working = tokens.filter((token) => !token.revokedAt && new Date(token.expiresAt) > now).length;
  if (working > 0) {
    const text = working === 1 ? '1 token works.' : `${working} tokens work.`;
    return { ...step, state: 'done', text, action: 'See tokens' };
  }
  const text = 'For your CI and the hallmark command. Publishing on this page needs none.';
  return { ...step, state: 'to do', text, action: 'Issue a token' };
}

function publishStep({ published }: Facts): SetupStep {
  const step = { id: 'publish', title: 'Publish a signed version', tab: 'versions' } as const;
  if (published.signed > 0) {
    const text = `${countOf(published.signed, 'version')} signed by a bound signer.`;
    return { ...step, state: 'done', text, action: 'See versions' };
  }
  if (published.versions > 0) {
    const text = `${countOf(published.versions, 'version')} published, none signed by a bound signer.`;
    return { ...step, state: 'under way', text, action: 'See versions' };
  }
  const text = 'A server.json under your namespace, with the bundle that hallmark sign writes.';
  return { ...step, state: 'to do', text, action: 'Publish' };
}
