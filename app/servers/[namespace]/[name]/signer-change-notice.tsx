import type { ServerPage } from '#lib/catalog/views.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { serverPath } from '../../../paths.ts';
import { SIGNER_CHANGE_WORD, signerChangeSentences } from '../../../text/signer-change-words.ts';

/** Said wherever the signature is: the signer is another one than of the version before, or is missing. */
export function SignerChangeNotice({ server }: { server: ServerPage }) {
  const change = server.signerChange;
  if (!change) return null;
  const { what, so } = signerChangeSentences(change);
  return (
    <Notice>
      <strong className="font-semibold first-letter:uppercase">
        {SIGNER_CHANGE_WORD[change.kind].replace(/^./, (first) => first.toUpperCase())}.
      </strong>{' '}
      <HostileText>{what}</HostileText> {so}{' '}
      <PendingLink href={serverPath(server.name, { version: change.previousVersion, tab: 'trust' })} className="link">
        See {change.previousVersion}
      </PendingLink>
    </Notice>
  );
}
