import type { ReactNode } from 'react';
import type { VersionComparison } from '#lib/scans/compare-versions.ts';
import type { DriftChange } from '#scanners/drift/index.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { Section } from '../../../../components/section.tsx';
import { countOf } from '../../../../text/count-of.ts';
import { Change } from './change.tsx';
import { sectionsOf } from './sections.ts';
import { TextDifference } from './text-difference.tsx';

/** Of a long list; the rest is counted. */
const SHOWN = 200;
const SHOWN_NAMES = 100;

/** Every change under its heading: what to look at first, tools, other lists, wording, manifest. */
export function ChangeSections({ comparison: { drift } }: { comparison: VersionComparison }) {
  const { risky, tools, wording, lists, manifest } = sectionsOf(drift);
  const { added, removed, renamed, unchanged } = drift.tools;
  const hasTools = added.length + removed.length + renamed.length + tools.length > 0;
  return (
    <>
      {risky.length > 0 && (
        <Section id="look-first" title="Look at this first" className="first:mt-8">
          <List changes={risky} />
        </Section>
      )}
      {hasTools && (
        <Section id="tools" title="Tools" aside={`${unchanged} unchanged`}>
          <div className="grid gap-4">
            <Names heading="New" names={added} />
            <Names heading="Gone" names={removed} />
            {renamed.length > 0 && <Names heading="Renamed" names={renamed.map(({ from, to }) => `${from} → ${to}`)} />}
            {tools.slice(0, SHOWN).map(({ name, changes }) => (
              <div key={name} className="min-w-0">
                <h3 className="mb-1 font-mono font-medium text-sm">
                  <HostileText>{name}</HostileText>
                </h3>
                <List changes={changes} />
              </div>
            ))}
            <More count={tools.length - SHOWN} what="tool" />
          </div>
        </Section>
      )}
      {lists.length > 0 && (
        <Section id="lists" title="Prompts and resources">
          <List changes={lists} />
        </Section>
      )}
      {wording.length > 0 && (
        <Section
          id="wording"
          title="Wording"
          aside="What models read. Added words are underlined, removed ones struck."
        >
          <ul className="grid gap-5">
            {wording.slice(0, SHOWN).map((change) => (
              <li key={change.fingerprint} className="min-w-0">
                <p className="mb-1 text-sm">
                  <HostileText>{change.message}</HostileText>
                </p>
                {change.text && <TextDifference parts={change.text} />}
              </li>
            ))}
          </ul>
          <More count={wording.length - SHOWN} what="text" />
        </Section>
      )}
      {manifest.length > 0 && (
        <Section id="manifest" title="Manifest">
          <List changes={manifest} />
        </Section>
      )}
    </>
  );
}

function List({ changes }: { changes: DriftChange[] }) {
  return (
    <>
      <ul className="grid gap-2">
        {changes.slice(0, SHOWN).map((change) => (
          <li key={change.fingerprint} className="min-w-0">
            <Change change={change} />
          </li>
        ))}
      </ul>
      <More count={changes.length - SHOWN} what="change" />
    </>
  );
}

function Names({ heading, names }: { heading: string; names: string[] }): ReactNode {
  if (names.length === 0) return null;
  return (
    <div className="grid gap-x-4 gap-y-1 sm:grid-cols-[6rem_minmax(0,1fr)]">
      <h3 className="text-sm">
        {heading} <span className="text-ink-3">{names.length}</span>
      </h3>
      <ul className="flex flex-wrap gap-1.5">
        {names.slice(0, SHOWN_NAMES).map((name) => (
          <li key={name} className="min-w-0 rounded-sm border border-line bg-sheet px-1.5 font-mono text-xs leading-5">
            <HostileText>{name}</HostileText>
          </li>
        ))}
        {names.length > SHOWN_NAMES && <li className="text-ink-3 text-sm">and {names.length - SHOWN_NAMES} more</li>}
      </ul>
    </div>
  );
}

function More({ count, what }: { count: number; what: string }) {
  if (count <= 0) return null;
  return <p className="mt-2 text-ink-3 text-sm">{countOf(count, `more ${what}`)} not shown.</p>;
}
