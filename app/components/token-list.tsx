import type { TokenView } from '#lib/auth/token-view.ts';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import type { Action } from '../forms/action-state.ts';
import { HostileText } from './hostile-text.tsx';
import { Time } from './time.tsx';

/** Tokens without their secrets; those that work have a button that ends them. */
export function TokenList({
  tokens,
  revoke,
  nothing,
}: {
  tokens: (TokenView & { issuedBy?: string; mayRevoke?: boolean })[];
  revoke?: Action;
  nothing: string;
}) {
  if (tokens.length === 0) return <p className="text-ink-3">{nothing}</p>;
  const now = Date.now();
  return (
    <ul className="divide-y divide-line">
      {tokens.map((token) => {
        const isExpired = new Date(token.expiresAt).getTime() <= now;
        const works = token.revokedAt === null && !isExpired;
        return (
          <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <div className="min-w-0 flex-1 basis-64">
              <p className={works ? 'font-medium' : 'text-ink-3'}>
                <HostileText>{token.name}</HostileText>{' '}
                <code className="ml-1 font-normal text-ink-3">{token.prefix}…</code>
              </p>
              <p className="text-ink-3 text-sm">
                {token.revokedAt ? (
                  <>
                    Revoked <Time iso={token.revokedAt} />
                  </>
                ) : (
                  <>
                    {isExpired ? 'Expired' : 'Expires'} <Time iso={token.expiresAt} />,{' '}
                    {token.lastUsedAt ? (
                      <>
                        last used <Time iso={token.lastUsedAt} />
                      </>
                    ) : (
                      'never used'
                    )}
                    {token.issuedBy && (
                      <>
                        , issued by <HostileText>{token.issuedBy}</HostileText>
                      </>
                    )}
                  </>
                )}
              </p>
            </div>
            {works && revoke && token.mayRevoke !== false && (
              <ActionForm action={revoke} label={`Revoke token ${token.name}`} className="justify-items-end gap-1">
                <input type="hidden" name="tokenId" value={token.id} />
                <SubmitButton isQuiet pendingText="Revoking">
                  Revoke
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
          </li>
        );
      })}
    </ul>
  );
}
