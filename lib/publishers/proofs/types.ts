import type { RegistryPermission } from '#lib/auth/permissions.ts';
import type { JsonObject } from '#lib/manifest/types.ts';

export type Proof = JsonObject & { kind: 'github' | 'dns' | 'http' };

/** What a proof of namespace, or a login, entitles to. */
export type ProvenAuthority = {
  method: 'github-at' | 'github-oidc' | 'dns' | 'http' | 'none' | 'oidc';
  subject: string;
  permissions: RegistryPermission[];
  proof: Proof | null;
};
