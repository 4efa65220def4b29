import { workflowOf } from './source.ts';
import type { SignerFacts } from './types.ts';

const COMMIT_LENGTH = 7;

/**
 * Who signed, in a short phrase for pages and terminals: `github.com/acme/weather, workflow release.yml, commit 3f2c1ab`,
 * or `alice@example.com, signed in at accounts.google.com`. For reading only; compare with `matchSigner`.
 */
export function describeSigner(signer: SignerFacts): string {
  if (signer.repository === null) return `${signer.san}, signed in at ${withoutScheme(signer.issuer)}`;
  const workflow = workflowOf(signer);
  const file = workflow?.own ? workflow.own.slice(workflow.own.lastIndexOf('/') + 1) : workflow?.full;
  return [
    withoutScheme(signer.repository),
    file && `workflow ${file}`,
    signer.commit && `commit ${signer.commit.slice(0, COMMIT_LENGTH)}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, '');
}
