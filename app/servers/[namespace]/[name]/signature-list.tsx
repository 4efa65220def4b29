import type { ServerPage, SignatureView } from '#lib/catalog/views.ts';
import { Digest } from '../../../components/digest.tsx';
import { ExternalLink } from '../../../components/external-link.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { StateSign } from '../../../components/state-sign.tsx';
import { Time } from '../../../components/time.tsx';
import { type EvidenceRow, evidenceRows } from '../../../text/signature-evidence.ts';

/** Each signature of a version, fact by fact with what it proves. */
export function SignatureList({ server }: { server: ServerPage }) {
  return (
    <ul className="mt-4 grid gap-4 empty:hidden">
      {server.signatures.map((signature) => (
        <li key={signature.bundleSha256} className="sheet p-4">
          <Verdict signature={signature} />
          <dl className="mt-3 divide-y divide-line border-line border-t text-sm">
            {evidenceRows(signature).map((row) => (
              <Row key={row.label} label={row.label} proves={row.proves}>
                <Value row={row} />
              </Row>
            ))}
            <Row label="Trust root" proves="Whose keys this instance takes for a Sigstore's.">
              <TrustRoot signature={signature} />
            </Row>
            <Row label="Bundle" proves="Its bytes; fetch them to verify it yourself.">
              <Digest value={signature.bundleSha256} prefix="sha256" what="the digest of the bundle" />
            </Row>
            <Row label="Verified" proves="It is verified again when the trust roots or the verifying code change.">
              <Time iso={signature.verifiedAt} withTime hint={false} />
            </Row>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Verdict({ signature }: { signature: SignatureView }) {
  const { result, isBound, signerText } = signature;
  if (!result.ok) {
    return (
      <div className="flex items-start gap-2 text-sm">
        <StateSign tone="bad" />
        <p>
          <span className="font-medium">Does not verify.</span> <HostileText>{result.message}</HostileText>{' '}
          <code className="text-ink-3">{result.code}</code>
        </p>
      </div>
    );
  }
  return (
    <div className="flex items-start gap-2 text-sm">
      <StateSign tone={isBound ? 'good' : 'unknown'} />
      <p>
        <span className="font-medium">{isBound ? 'Signed by a bound signer.' : 'Signed by an unknown signer.'}</span>{' '}
        {signerText && <HostileText>{signerText}</HostileText>}.{' '}
        <span className="text-ink-2">
          {isBound
            ? 'The publisher had said that this identity signs for it.'
            : 'The signature is valid, but the publisher has not said that this identity signs for it.'}
        </span>
      </p>
    </div>
  );
}

function Row({ label, proves, children }: { label: string; proves: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-x-4 py-1.5 sm:grid-cols-[6.5rem_minmax(0,1fr)] lg:grid-cols-[6.5rem_minmax(0,1fr)_minmax(0,17rem)]">
      <dt className="text-ink-3">{label}</dt>
      <dd className="min-w-0">{children}</dd>
      <dd className="text-ink-3 text-xs sm:col-start-2 lg:col-start-3 lg:text-sm">{proves}</dd>
    </div>
  );
}

function Value({ row: { form, value, label } }: { row: EvidenceRow }) {
  switch (form) {
    case 'hash':
      return <Digest value={value} what={`the ${label.toLowerCase()}`} />;
    case 'time':
      return <Time iso={value} withTime hint={false} />;
    case 'link':
      return (
        <span className="font-mono text-xs">
          <ExternalLink href={value} />
        </span>
      );
    case 'mono':
      return (
        <span className="font-mono text-xs">
          <HostileText>{value}</HostileText>
        </span>
      );
    case 'text':
      return value;
  }
}

function TrustRoot({ signature: { result } }: { signature: SignatureView }) {
  if (!result.ok) return 'none under which it verifies';
  return <span className="font-mono text-xs">{result.root}</span>;
}
