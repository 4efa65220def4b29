import type { PublisherPage } from '#lib/publishers/get-publisher-page.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { Time } from '../../components/time.tsx';
import { signerDetails } from '../../text/signer-details.ts';

export function SignerList({ signers }: { signers: PublisherPage['signers'] }) {
  if (signers.length === 0) {
    return <p className="text-ink-3">It bound none, so a signature on its servers is one of an unknown signer.</p>;
  }
  return (
    <ul className="divide-y divide-line">
      {signers.map(({ identity, text, boundAt }) => (
        <li key={JSON.stringify(identity)} className="py-2 first:pt-0">
          <p className="font-mono text-sm">
            <HostileText>{text}</HostileText>
          </p>
          <p className="text-ink-3 text-sm">
            <HostileText>{signerDetails(identity)}</HostileText> · bound <Time iso={boundAt} />
          </p>
        </li>
      ))}
    </ul>
  );
}
