import type { Viewer } from '#lib/auth/viewer.ts';
import { listTrustRoots } from '#lib/catalog/list-trust-roots.ts';
import { Section } from '../components/section.tsx';
import { TrustRootCard } from './trust-root-card.tsx';
import { TrustRootForm } from './trust-root-form.tsx';

/** Whose Sigstore this instance believes, each root with its age, and how to add one. */
export async function TrustRootsTab({ viewer }: { viewer: Viewer }) {
  const roots = await listTrustRoots({ viewer });
  return (
    <div className="max-w-4xl">
      <Section id="roots" title="Trust roots" aside="A signature counts when it verifies under one of these">
        <p className="mb-3 max-w-prose text-ink-2 text-sm">
          A root with a source is asked about once a day. A refresh that fails changes nothing: signatures are verified
          with what was there before, and its age shows here.
        </p>
        <ul className="grid gap-4">
          {roots.map((root) => (
            <li key={root.name}>
              <TrustRootCard root={root} />
            </li>
          ))}
        </ul>
      </Section>
      <Section id="new-root" title="Add a trust root">
        <TrustRootForm />
      </Section>
    </div>
  );
}
