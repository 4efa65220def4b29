import type { ScanView } from '#lib/catalog/views.ts';
import type { PermissionKind } from '#scanners/types.ts';

type Permission = ScanView['permissions'][number];
export type PermissionGroup = { kind: PermissionKind; heading: string; nothing: string; permissions: Permission[] };

const KINDS: readonly [PermissionKind, heading: string, nothing: string][] = [
  ['read', 'Read', 'Nothing seen that reads data.'],
  ['change', 'Change', 'Nothing seen that changes data.'],
  ['send-out', 'Send out', 'Nothing seen that sends data to others.'],
  ['run-code', 'Run code', 'Nothing seen that runs code or commands.'],
  ['secrets', 'Secrets', 'It asks for no secret.'],
];

/** Permissions under the five kinds of DESIGN §5.4, always all five, so that what is missing is seen to be missing. */
export const groupPermissions = (permissions: Permission[]): PermissionGroup[] =>
  KINDS.map(([kind, heading, nothing]) => ({
    kind,
    heading,
    nothing,
    permissions: permissions.filter((permission) => permission.kind === kind),
  }));
