import { compareText } from '../order.ts';
import { codePermissions } from '../package-code/facts.ts';
import type { InputSnapshot, Permission, PermissionKind } from '../types.ts';
import { manifestPermissions } from './manifest-permissions.ts';
import { observedPermissions } from './observed-permissions.ts';
import { toolPermissions } from './tool-permissions.ts';

/** From what touches most to what touches least; the order of a report. */
const KIND_ORDER: readonly PermissionKind[] = ['run-code', 'secrets', 'send-out', 'change', 'read'];
const BASIS_ORDER = ['observed', 'declared', 'inferred'] as const;

/**
 * What a server can do, one permission per kind and scope. Several tools with the same become one, their names the evidence, in
 * sorted order; the strongest basis wins.
 */
export function permissionsOf(snapshot: InputSnapshot): Permission[] {
  const { manifest, definitions, facts } = snapshot;
  const service = manifest?.title ?? 'the service';
  const all = [
    ...(manifest === null ? [] : manifestPermissions(manifest)),
    ...(definitions.tools ?? []).flatMap((tool) => toolPermissions(tool, service)),
    ...observedPermissions(facts?.observed ?? null),
    ...codePermissions(snapshot),
  ];
  const byKey = new Map<string, Permission>();
  for (const { kind, scope, basis, evidence } of all) {
    const key = JSON.stringify([kind, scope]);
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, { kind, scope, basis, evidence: [...evidence] });
      continue;
    }
    known.evidence = [...known.evidence, ...evidence];
    if (BASIS_ORDER.indexOf(basis) < BASIS_ORDER.indexOf(known.basis)) known.basis = basis;
  }
  return [...byKey.values()]
    .map((permission) => ({ ...permission, evidence: [...new Set(permission.evidence)].sort(compareText) }))
    .sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || compareText(a.scope, b.scope));
}
