import { config } from '#lib/config/config.ts';
import type { NamespaceClaim } from '#lib/db/client/client.ts';
import { domainOf, githubOwnerOf } from '#lib/manifest/index.ts';
import { boundAddress, boundName, boundValue } from './bound-record.ts';
import type { ClaimView, Instruction, ProofCheck, ProofKind } from './types.ts';

/** A claim with what to do for it, step by step. */
export function claimView(row: NamespaceClaim): ClaimView {
  const method = row.method as ProofKind;
  const domain = method === 'github' ? null : domainOf(row.namespace);
  return {
    id: row.id,
    namespace: row.namespace,
    method,
    domain,
    nonce: row.nonce,
    expiresAt: row.expiresAt.toISOString(),
    instructions: domain === null ? githubSteps(row.namespace) : domainSteps(method, domain, boundValue(row)),
    lastCheck: row.lastCheck as ProofCheck | null,
  };
}

function domainSteps(method: ProofKind, domain: string, value: string): Instruction[] {
  if (method === 'dns') {
    const name = boundName(domain);
    return [
      { title: 'Name', text: `At the DNS provider of ${domain}, add a TXT record with this name.`, copy: name },
      { title: 'Value', text: 'Give it this value, without quotes.', copy: value },
      {
        title: 'Zone file',
        text: 'Both as one line, where you edit the zone file.',
        copy: `${name}. 300 IN TXT "${value}"`,
      },
      {
        title: 'Look',
        text: 'See for yourself when it is there; that can take minutes.',
        copy: `dig +short TXT ${name}`,
      },
      { title: 'Keep it', text: 'Leave the record in place: it is looked at every day.', copy: null },
    ];
  }
  const address = boundAddress(domain);
  return [
    { title: 'Address', text: 'Serve a text file at this address, by https and without a redirect.', copy: address },
    {
      title: 'Content',
      text: 'Put this on a line of its own. Lines of other registries may stand beside it.',
      copy: value,
    },
    { title: 'Look', text: 'See for yourself that it is there.', copy: `curl -i ${address}` },
    { title: 'Keep it', text: 'Leave the file in place: it is looked at every day.', copy: null },
  ];
}

function githubSteps(namespace: string): Instruction[] {
  const owner = githubOwnerOf(namespace);
  const tokens = `${config().GITHUB_URL}/settings/tokens/new?scopes=read:org&description=Hallmark`;
  return [
    {
      title: 'Your own account',
      text: `If you are signed in here as ${owner} with GitHub, check now. Nothing else is needed.`,
      copy: null,
    },
    {
      title: 'An organization',
      text: `If ${owner} is an organization that you own, make a token that may read that (read:org) and paste it below. It is used once and not stored; delete it afterwards.`,
      copy: tokens,
    },
  ];
}
