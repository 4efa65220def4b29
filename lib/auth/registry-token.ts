import { DomainError } from '#lib/http/domain-error.ts';
import type { ProvenAuthority } from '#lib/publishers/proofs/types.ts';

export async function verifyRegistryToken(_: { token: string; now: Date }): Promise<ProvenAuthority> {
  throw new DomainError('UNAUTHENTICATED', 'Invalid or expired Registry JWT token');
}
