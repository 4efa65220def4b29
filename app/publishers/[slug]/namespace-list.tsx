import type { PublicNamespace } from '#lib/publishers/public-namespace.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { NamespaceProof } from '../../components/namespace-proof.tsx';

export function NamespaceList({ namespaces }: { namespaces: PublicNamespace[] }) {
  if (namespaces.length === 0) return <p className="text-ink-3">It holds no namespace.</p>;
  return (
    <ul className="divide-y divide-line">
      {namespaces.map((namespace) => (
        <li key={namespace.name} className="py-3 first:pt-0">
          <h3 className="font-mono text-sm">
            <HostileText>{namespace.name}</HostileText>
          </h3>
          <NamespaceProof namespace={namespace} />
        </li>
      ))}
    </ul>
  );
}
