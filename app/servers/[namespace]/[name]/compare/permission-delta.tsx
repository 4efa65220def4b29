import type { VersionComparison } from '#lib/scans/compare-versions.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { Section } from '../../../../components/section.tsx';

/** What the server may do more and what less: what a person decides about first. */
export function PermissionDelta({ comparison: { permissions, drift } }: { comparison: VersionComparison }) {
  const isUnknown = drift.notCompared.includes('tools');
  return (
    <Section id="permissions" title="Permissions" className="first:mt-8">
      {permissions.added.length + permissions.removed.length === 0 ? (
        <p className="text-ink-2">
          {isUnknown
            ? 'The same in the manifest. Tools were not seen on both sides.'
            : 'It can do the same as before, by its names, descriptions, schemas and manifest.'}
        </p>
      ) : (
        <div className="grid gap-6 sm:grid-cols-2">
          <Delta heading="It can do more" sign="+" sentences={permissions.added} />
          <Delta heading="It can no longer" sign="−" sentences={permissions.removed} />
        </div>
      )}
    </Section>
  );
}

function Delta({
  heading,
  sign,
  sentences,
}: {
  heading: string;
  sign: string;
  sentences: VersionComparison['permissions']['added'];
}) {
  if (sentences.length === 0) return null;
  return (
    <div className="min-w-0">
      <h3 className="mb-1 font-medium text-sm">{heading}</h3>
      <ul className="grid gap-1">
        {sentences.map(({ sentence }) => (
          <li key={sentence} className="grid grid-cols-[1.25rem_minmax(0,1fr)]">
            <span aria-hidden="true" className="font-mono text-accent">
              {sign}
            </span>
            <HostileText>{sentence}</HostileText>
          </li>
        ))}
      </ul>
    </div>
  );
}
