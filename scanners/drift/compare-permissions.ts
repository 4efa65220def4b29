import { describePermission } from '../permissions/describe.ts';
import { permissionsOf } from '../permissions/infer.ts';
import { escapePointerToken } from '../text/pointer.ts';
import type { FindingLocation, InputSnapshot, Permission } from '../types.ts';
import { changeOf } from './change.ts';
import type { Drift, DriftChange } from './types.ts';

/**
 * Permissions, by kind and scope, that one snapshot has and the other has not. A new title of the server is no new permission,
 * so both are read under the later one.
 */
export function comparePermissions(before: InputSnapshot, after: InputSnapshot): Drift['permissions'] {
  const title = after.manifest?.title ?? before.manifest?.title ?? 'the service';
  const [had, has] = [before, after].map((snapshot) => permissionsOf(underTitle(snapshot, title))) as [
    Permission[],
    Permission[],
  ];
  const keyOf = ({ kind, scope }: Permission) => JSON.stringify([kind, scope]);
  const [earlier, later] = [new Set(had.map(keyOf)), new Set(has.map(keyOf))];
  return {
    added: has.filter((permission) => !earlier.has(keyOf(permission))),
    removed: had.filter((permission) => !later.has(keyOf(permission))),
  };
}

const underTitle = ({ manifest, definitions }: InputSnapshot, title: string): InputSnapshot => ({
  manifest: manifest === null ? null : { ...manifest, title },
  definitions,
});

export const permissionChanges = ({ added, removed }: Drift['permissions']): DriftChange[] => [
  ...added.map((permission) => {
    const isDeclaredSecret = permission.kind === 'secrets' && permission.basis === 'declared';
    const facts = { message: `New: ${describePermission(permission)}`, location: evidenceOf(permission) };
    return changeOf(isDeclaredSecret ? 'secret-added' : 'permission-added', facts, undefined, identityOf(permission));
  }),
  ...removed.map((permission) =>
    changeOf(
      'permission-removed',
      { message: `No longer: ${describePermission(permission)}`, location: evidenceOf(permission) },
      identityOf(permission),
    ),
  ),
];

const identityOf = ({ kind, scope }: Permission): string => `${kind}: ${scope}`;

/** The first tool, or place of the manifest, that the permission comes from. */
function evidenceOf({ evidence: [first = ''] }: Permission): FindingLocation {
  if (first.startsWith('server.json ')) return { document: 'server.json', pointer: first.slice('server.json '.length) };
  return { document: 'tools.json', pointer: `/${escapePointerToken(first)}`, subject: first };
}
