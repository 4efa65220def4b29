import { loadTrustRoots } from '#lib/catalog/trust-roots.ts';

export async function TrustRootsTab() {
  const roots = await loadTrustRoots();
  return (
    <ul>
      {roots.map(({ name }) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}
