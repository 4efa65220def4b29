import { X509Certificate as NodeCertificate } from 'node:crypto';
import type { X509Certificate } from '@sigstore/core';
import type { TrustMaterial } from '@sigstore/verify';
import { SigningError } from './errors.ts';
import { trustMaterialOf } from './trust-material.ts';
import { rootAdmits } from './trust-roots.ts';
import type { SigningErrorCode, TrustRoot } from './types.ts';

export type Candidate = { root: TrustRoot; material: TrustMaterial };

/** Roots to ask. Without a namespace only those count that may speak for every namespace. */
export type Scope = { roots: readonly TrustRoot[]; namespace: string | null };

/**
 * The roots that may speak for the namespace and hold the certificate's issuer. Only a choice of whom to ask, and of
 * whose refusal to report; the verifier builds and checks the whole chain itself.
 * Throws SigningError `NO_TRUSTED_ROOT` or `ROOT_MALFORMED`.
 */
export function issuingRoots(certificate: X509Certificate, bytes: Buffer, scope: Scope): Candidate[] {
  const usable = usableRoots(scope);
  const issuing = usable.filter(({ material }) =>
    material.certificateAuthorities.some(({ certChain }) =>
      certChain.some((issuer) => isIssuedBy(certificate, issuer)),
    ),
  );
  if (issuing.length > 0) return issuing;
  throw fault(
    'NO_TRUSTED_ROOT',
    `The signing certificate was issued by ${issuerName(bytes)}, which is in no trust root for ${placeOf(scope)} (asked: ${names(admitted(scope))}).`,
  );
}

/** Every root that may speak for the namespace and can be read. Throws SigningError `NO_TRUSTED_ROOT` or `ROOT_MALFORMED`. */
export function usableRoots(scope: Scope): Candidate[] {
  const asked = admitted(scope);
  if (asked.length === 0) {
    const others = scope.roots.length > 0 ? ` (${names(scope.roots)} may not speak for it)` : '';
    throw fault('NO_TRUSTED_ROOT', `No trust root is set up for ${placeOf(scope)}${others}.`);
  }
  const unusable: SigningError[] = [];
  const usable = asked.flatMap((root): Candidate[] => {
    try {
      return [{ root, material: trustMaterialOf(root.trustedRoot) }];
    } catch (error) {
      const why = error instanceof Error ? error.message : 'cannot be read';
      unusable.push(fault('ROOT_MALFORMED', `Trust root ${root.name}: ${why}`, error));
      return [];
    }
  });
  if (usable.length === 0 && unusable[0]) throw unusable[0];
  return usable;
}

function admitted({ roots, namespace }: Scope): TrustRoot[] {
  return roots.filter((root) => (namespace === null ? root.namespaces === undefined : rootAdmits(root, namespace)));
}

function placeOf({ namespace }: Scope): string {
  return namespace === null ? 'every namespace' : `the namespace ${namespace}`;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return issuer.subject.equals(certificate.issuer) && certificate.verify(issuer);
  } catch {
    return false;
  }
}

function issuerName(bytes: Buffer): string {
  try {
    return new NodeCertificate(bytes).issuer.replaceAll('\n', ', ').slice(0, 200) || 'an authority without a name';
  } catch {
    return 'an unknown authority';
  }
}

function names(roots: readonly TrustRoot[]): string {
  return roots.map((root) => root.name).join(', ');
}

function fault(code: SigningErrorCode, message: string, cause?: unknown): SigningError {
  return new SigningError({ code, message, cause });
}
