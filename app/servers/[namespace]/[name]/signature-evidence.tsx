import type { ServerPage, SignatureView } from '#lib/catalog/views.ts';
import { Digest } from '../../../components/digest.tsx';
import { Fact, Facts } from '../../../components/facts.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Time } from '../../../components/time.tsx';

/** Each signature that came with the version and what its verification said. */
export function SignatureEvidence({ server }: { server: ServerPage }) {
  if (server.signatures.length === 0) return null;
  return (
    <ul className="grid gap-4">
      {server.signatures.map((signature) => (
        <li key={signature.bundleSha256} className="border-line border-t pt-3 first:border-t-0 first:pt-0">
          <SignatureFacts signature={signature} />
        </li>
      ))}
    </ul>
  );
}

function SignatureFacts({ signature }: { signature: SignatureView }) {
  const { result, signer } = signature;
  const closing = (
    <>
      <Fact label="Bundle">
        <Digest value={signature.bundleSha256} prefix="sha256" what="the digest of the bundle" />
      </Fact>
      <Fact label="Verified">
        <Time iso={signature.verifiedAt} withTime />
      </Fact>
    </>
  );
  if (!result.ok) {
    return (
      <Facts>
        <Fact label="Does not verify">
          <HostileText>{result.message}</HostileText>
        </Fact>
        <Fact label="Code">
          <code>{result.code}</code>
        </Fact>
        {closing}
      </Facts>
    );
  }
  return (
    <Facts>
      <Fact label="Signer">{signature.signerText && <HostileText>{signature.signerText}</HostileText>}</Fact>
      <Fact label="Identity">{mono(signer?.san)}</Fact>
      <Fact label="Issuer">{mono(signer?.issuer)}</Fact>
      <Fact label="Bound to the namespace">{signature.isBound ? 'yes, by the publisher' : 'no'}</Fact>
      <Fact label="Commit">{signer?.commit && <Digest value={signer.commit} what="the commit" />}</Fact>
      <Fact label="Built from">{mono(signer?.ref)}</Fact>
      <Fact label="Signed">{result.signedAt ? <Time iso={result.signedAt} withTime /> : 'time not proven'}</Fact>
      <Fact label="Trust root">{mono(result.root)}</Fact>
      <Fact label="Log entry">{mono(result.logIndex)}</Fact>
      <Fact label="Covers">
        {result.subject === 'raw' ? 'the uploaded bytes' : 'the canonical form of the manifest (RFC 8785)'}
      </Fact>
      {closing}
    </Facts>
  );
}

const mono = (text: string | null | undefined) =>
  text ? (
    <span className="font-mono text-xs">
      <HostileText>{text}</HostileText>
    </span>
  ) : null;
