import Link from 'next/link';
import type { ServerPage } from '#lib/catalog/views.ts';
import type { PermissionBasis } from '#scanners/types.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Notice } from '../../../components/notice.tsx';
import { countOf } from '../../../text/count-of.ts';
import { FlowFact } from './flow-fact.tsx';
import { groupPermissions } from './permission-groups.ts';
import { tabPath } from './tabs.ts';
import { toolAnchor } from './tool-anchor.ts';

const BASIS: Record<PermissionBasis, string> = {
  declared: 'declared by the server itself',
  inferred: 'inferred from names, descriptions and schemas',
  observed: 'observed while it ran',
};
const SHOWN = 12;

export function PermissionsTab({ server }: { server: ServerPage }) {
  const { scan } = server;
  if (!scan?.finishedAt) return <Notice>Not known: this version has no finished scan.</Notice>;
  const toolNames = new Set(server.tools?.map((tool) => tool.name));
  return (
    <div className="max-w-4xl">
      {server.tools === null && (
        <Notice className="mb-6">
          The tool definitions were not seen, so this is only what the manifest shows. The server may be able to do
          more.
        </Notice>
      )}
      <dl>
        {groupPermissions(scan.permissions).map(({ kind, heading, nothing, permissions }) => (
          <div
            key={kind}
            className="grid gap-x-6 gap-y-1 border-line border-b py-4 first:pt-0 sm:grid-cols-[8rem_minmax(0,1fr)]"
          >
            <dt className="font-semibold">{heading}</dt>
            <dd className="grid gap-4">
              {permissions.length === 0 && <p className="text-ink-3">{nothing}</p>}
              {permissions.map((permission) => (
                <div key={`${permission.scope} ${permission.basis}`}>
                  <p>
                    <HostileText>{permission.sentence}</HostileText>
                  </p>
                  <p className="text-ink-3 text-xs">{BASIS[permission.basis]}</p>
                  <EvidenceNames
                    names={permission.evidence}
                    hrefOf={(name) => (toolNames.has(name) ? `${tabPath(server, 'tools')}#${toolAnchor(name)}` : null)}
                  />
                </div>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <FlowFact server={server} />
    </div>
  );
}

function EvidenceNames({ names, hrefOf }: { names: string[]; hrefOf(name: string): string | null }) {
  const chips = (some: string[]) => (
    <ul className="mt-1.5 flex flex-wrap gap-1.5">
      {some.map((name) => {
        const href = hrefOf(name);
        const text = <HostileText>{name}</HostileText>;
        const style = 'rounded-sm border border-line bg-sheet px-1.5 font-mono text-xs leading-5';
        return (
          <li key={name} className="min-w-0">
            {href ? (
              <Link
                href={href}
                prefetch={false}
                className={`${style} inline-block hover:border-accent hover:text-accent`}
              >
                {text}
              </Link>
            ) : (
              <span className={`${style} inline-block text-ink-2`}>{text}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
  if (names.length <= SHOWN) return chips(names);
  return (
    <>
      {chips(names.slice(0, SHOWN))}
      <details className="mt-1.5 text-sm">
        <summary className="text-ink-2">{countOf(names.length - SHOWN, 'more', 'more')}</summary>
        {chips(names.slice(SHOWN))}
      </details>
    </>
  );
}
