import type { ServerPage } from '#lib/catalog/views.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { groupPermissions } from './permission-groups.ts';

/** What the server can do, one sentence a permission, under the five kinds. */
export function PermissionLines({ server, isNarrow = false }: { server: ServerPage; isNarrow?: boolean }) {
  return (
    <dl className="grid gap-2 text-sm">
      {groupPermissions(server.scan?.permissions ?? []).map(({ kind, heading, permissions }) =>
        permissions.length === 0 ? null : (
          <div key={kind} className={isNarrow ? undefined : 'grid gap-x-4 sm:grid-cols-[6rem_minmax(0,1fr)]'}>
            <dt className="font-medium">{heading}</dt>
            <dd>
              {permissions.map((permission) => (
                <p key={`${permission.scope} ${permission.basis}`} className="text-ink-2">
                  <HostileText>{permission.sentence}</HostileText>
                </p>
              ))}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
