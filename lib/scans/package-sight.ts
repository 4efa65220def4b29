import type { Coverage } from '#lib/catalog/views.ts';
import type { PackageSight } from '#scanners/drift/index.ts';
import type { Finding, Permission } from '#scanners/types.ts';
import type { PackageFacts } from './acquire/snapshot.ts';

/** Columns of a scan that tell what its package does. */
export const SIGHT_SELECT = { packageFacts: true, findings: true, permissions: true, coverage: true } as const;
export type SightRow = { packageFacts: unknown; findings: unknown; permissions: unknown; coverage: unknown };

const FAULTS: ReadonlySet<string> = new Set(['pkg.known-vulnerability', 'pkg.malware']);
const isOfPackage = ({ basis, evidence }: Permission): boolean =>
  basis === 'observed' || (basis === 'inferred' && evidence.some((source) => source.startsWith('package ')));

/** What a finished scan stored about a package; null where none was fetched. */
export function packageSight({ packageFacts, findings, permissions, coverage }: SightRow): PackageSight | null {
  const facts = packageFacts as PackageFacts | null;
  const { package: read, live } = (coverage ?? {}) as Partial<Coverage>;
  // Of a package that was only read, the digest of what was downloaded is all that is kept beside what was found.
  const integrity = facts?.integrity ?? (read as { integrity?: string } | undefined)?.integrity ?? null;
  if (facts === null && integrity === null) return null;
  return {
    identifier: facts?.identifier ?? '',
    version: facts?.version ?? '',
    integrity,
    isRead: read?.covered === true,
    isObserved: live?.covered === true && facts?.observed != null,
    findings: ((findings ?? []) as Finding[]).filter(
      ({ location, ruleId }) => location.document === 'package' || FAULTS.has(ruleId),
    ),
    permissions: ((permissions ?? []) as Permission[]).filter(isOfPackage),
    installScripts: facts?.source === 'registry' ? (facts.metadata?.installScripts ?? null) : null,
    tree: facts?.tree && facts.tree.length > 0 ? facts.tree.map(({ name, version }) => ({ name, version })) : null,
  };
}
