import type { ServerPage, SignatureView } from '#lib/catalog/views.ts';
import type { EvidenceFact } from '#lib/signing/describe-evidence.ts';
import { Digest } from '../../../components/digest.tsx';
import { ExternalLink } from '../../../components/external-link.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { StateSign } from '../../../components/state-sign.tsx';
import { Time } from '../../../components/time.tsx';

/** Each signature of a version, fact by fact with what it proves. */
export function SignatureList({ server }: { server: ServerPage }) {
  return (
    <ul className="mt-4 grid gap-4 empty:hidden">
      {server.signatures.map((signature) => (
        <li key={signature.bundleSha256} className="sheet p-4">
          <Verdict signature={signature} />
          <dl className="mt-3 divide-y divide-line border-line border-t text-sm">
            {signature.proves.map((fact) => (
              <Row key={fact.fact} label={fact.fact} proves={fact.basis}>
                <Value fact={fact} />
                {fact.fact === 'Trust root' && <RootAge age={signature.rootAge} />}
              </Row>
            ))}
            <Row label="Bundle" proves="What the signer handed in. Anyone can verify it again.">
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

/** Facts that are words of ours; the others come out of the certificate and the log. */
const IN_WORDS = new Set(['Covers', 'Form']);

function Value({ fact: { fact, value, href } }: { fact: EvidenceFact }) {
  if (IN_WORDS.has(fact) || value === 'none') return <HostileText>{value}</HostileText>;
  if (fact === 'Time' && !Number.isNaN(Date.parse(value))) return <Time iso={value} withTime hint={false} />;
  if (fact === 'Commit') {
    return (
      <>
        <Digest value={value} what="the commit" />
        {href && (
          <>
            {' '}
            <ExternalLink href={href}>See it</ExternalLink>
          </>
        )}
      </>
    );
  }
  return (
    <span className="font-mono text-xs">
      {href ? <ExternalLink href={href}>{value}</ExternalLink> : <HostileText>{value}</HostileText>}
    </span>
  );
}

function RootAge({ age }: { age: SignatureView['rootAge'] }) {
  return (
    <span className="block text-ink-3">
      {rootAgeWords(age)}
      {age?.at && (
        <>
          {' '}
          <Time iso={age.at} />
        </>
      )}
    </span>
  );
}

function rootAgeWords(age: SignatureView['rootAge']): string {
  if (!age) return 'not trusted any more; the signature will be verified again';
  if (age.kind === 'shipped') return 'as it ships with Hallmark';
  if (age.at === null) return 'its source never confirmed it';
  return age.kind === 'refreshed' ? 'confirmed by its source' : 'added';
}
