import type { ServerPage } from '#lib/catalog/views.ts';
import { ExternalLink } from '../../../components/external-link.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { NamespaceProof } from '../../../components/namespace-proof.tsx';
import { WithPublisherLink } from '../../../components/publisher-link.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { describeMarks } from '../../../marks/describe-marks.ts';
import { PackageChecks } from './package-checks.tsx';
import { SignatureList } from './signature-list.tsx';
import { SignerChangeNotice } from './signer-change-notice.tsx';

/** What the publisher and signature marks rest on, fact by fact: everything that somebody could check again. */
export function TrustTab({ server }: { server: ServerPage }) {
  const [publisher, signature] = describeMarks(server.marks, server);
  return (
    <div className="max-w-4xl">
      <p className="mb-6 max-w-prose text-ink-2">
        This says where version <span className="font-mono text-sm">{server.version}</span> came from. It does not say
        that the server is safe: for that look at its findings and permissions.
      </p>
      <Section id="publisher" title="Publisher" aside={publisher.word}>
        <Publisher server={server} explanation={publisher.explanation} />
      </Section>
      <Section id="signatures" title="Signatures" aside={signature.word}>
        <p className="mb-3 max-w-prose text-ink-2">{signature.explanation}</p>
        <SignerChangeNotice server={server} />
        <SignatureList server={server} />
        {server.signatures.length > 0 && (
          <p className="mt-3 text-sm">
            <a href={evidencePath(server)} className="link">
              Manifest and bundles as JSON
            </a>
            <span className="text-ink-3">
              , to verify them somewhere else, with hallmark verify or any Sigstore client
            </span>
          </p>
        )}
      </Section>
      <Section id="packages" title="Packages" aside="What the registries of its packages say">
        <Repository server={server} />
        <PackageChecks server={server} />
      </Section>
    </div>
  );
}

const evidencePath = ({ name, version }: ServerPage): string =>
  `/api/v1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}/signatures`;

function Publisher({ server, explanation }: { server: ServerPage; explanation: string }) {
  const { namespaceProof, marks, upstream } = server;
  return (
    <>
      <p className="max-w-prose text-ink-2">
        <WithPublisherLink publisher={marks.publisher}>{explanation}</WithPublisherLink>
      </p>
      {namespaceProof && (
        <div className="mt-3">
          <h3 className="font-mono text-sm">{namespaceProof.name}</h3>
          <NamespaceProof namespace={namespaceProof} />
        </div>
      )}
      {server.origin === 'mirrored' && (
        <p className="mt-3 max-w-prose text-sm">
          {upstream ? (
            <>
              Mirrored from the upstream <q>{upstream.name}</q>, <ExternalLink href={upstream.baseUrl} />.{' '}
              {upstream.syncedAt ? (
                <>
                  Last synced <Time iso={upstream.syncedAt} withTime />.
                </>
              ) : (
                'The first sync is not finished yet.'
              )}
              {!upstream.isEnabled && ' It is not followed at the moment, so changes there are not seen here.'}
            </>
          ) : (
            <>
              Taken over from {server.source ? <HostileText>{server.source}</HostileText> : 'another catalog'}, which
              this instance does not follow. Changes there are not seen here.
            </>
          )}
        </p>
      )}
    </>
  );
}

/** What the provenance of packages and signatures is compared with. */
function Repository({ server: { repository } }: { server: ServerPage }) {
  return (
    <p className="mb-3 text-sm">
      <span className="text-ink-3">The manifest names </span>
      {repository ? (
        <span className="font-mono text-xs">
          <ExternalLink href={repository.url} />
        </span>
      ) : (
        'no repository'
      )}
      <span className="text-ink-3">{repository ? ' as its repository.' : ' to compare with.'}</span>
    </p>
  );
}
