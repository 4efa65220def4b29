import { DomainError } from '#lib/http/domain-error.ts';

/** What a registry token or a publish token may do, as the official registry writes it into its tokens. */
export type RegistryPermission = {
  action: 'publish' | 'edit';
  /** `*`, a server name, or what stands before a `*` at the end: `com.example/*`, `com.example.*`. */
  resource: string;
};

const matches = (resource: string, serverName: string) =>
  resource.endsWith('*') ? serverName.startsWith(resource.slice(0, -1)) : resource === serverName;

/** Whether any of the permissions admits the action on the server. Names are compared as they are written, case too. */
export const mayAct = (
  permissions: readonly RegistryPermission[],
  action: RegistryPermission['action'],
  serverName: string,
): boolean =>
  permissions.some((permission) => permission.action === action && matches(permission.resource, serverName));

/** The right to publish everything of these namespaces. */
export const publishPermissions = (namespaces: readonly string[]): RegistryPermission[] =>
  namespaces.map((namespace) => ({ action: 'publish', resource: `${namespace}/*` }));

/** Throws NAMESPACE_FORBIDDEN, in the words of the official registry: what may be published, and what was tried. */
export function requirePublish(permissions: readonly RegistryPermission[], serverName: string): void {
  if (mayAct(permissions, 'publish', serverName)) return;
  const own = permissions.filter(({ action }) => action === 'publish').map(({ resource }) => resource);
  throw new DomainError(
    'NAMESPACE_FORBIDDEN',
    `You do not have permission to publish this server. You have permission to publish: ${own.join(', ') || 'nothing yet'}. Attempting to publish: ${serverName}`,
  );
}

/** Throws FORBIDDEN unless the server may be published or edited: both may change its status. */
export function requirePublishOrEdit(permissions: readonly RegistryPermission[], serverName: string): void {
  if (mayAct(permissions, 'publish', serverName) || mayAct(permissions, 'edit', serverName)) return;
  throw new DomainError('FORBIDDEN', 'You do not have publish or edit permissions for this server');
}
