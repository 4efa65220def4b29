import type { Metadata } from 'next';
import Link from 'next/link';
import { RULES } from '#scanners/registry.ts';
import type { FindingClass, Rule } from '#scanners/types.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { ReferenceLinks } from '../components/reference-links.tsx';
import { RuleText } from '../components/rule-text.tsx';
import { Section } from '../components/section.tsx';
import { countOf } from '../text/count-of.ts';

export const metadata: Metadata = {
  title: 'Rules of the scan',
  description: 'What each rule finds, why it matters, and what to do about it.',
};

const CLASSES: [FindingClass, title: string][] = [
  ['accusation', 'Accusations'],
  ['hygiene', 'Hygiene'],
  ['capability', 'Capabilities'],
];

/** Written from the rules themselves, so that it says what the scan does. */
export default function RulesPage() {
  return (
    <div className="max-w-3xl">
      <h1 className="font-semibold text-2xl tracking-tight">Rules of the scan</h1>
      <p className="mt-2 text-ink-2">
        {countOf(RULES.length, 'rule')} in ruleset <code>{RULESET_VERSION}</code>. The same input and the same ruleset
        give the same report. Each rule has a page with the examples that it is tested with.
      </p>
      {CLASSES.map(([of, title]) => (
        <Section key={of} id={of} title={title}>
          <ul className="grid gap-5">
            {RULES.filter((rule) => rule.class === of).map((rule) => (
              <li key={rule.id} id={rule.id} className="target:bg-accent-wash">
                <RuleEntry rule={rule} />
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </div>
  );
}

function RuleEntry({ rule }: { rule: Rule }) {
  return (
    <>
      <h3 className="font-medium">
        <Link href={`/rules/${encodeURIComponent(rule.id)}`} prefetch={false} className="link">
          {rule.title}
        </Link>
      </h3>
      <p className="text-ink-3 text-xs">
        <code>{rule.id}</code> · {rule.severity} · {rule.confidence}
      </p>
      <p className="mt-1 text-ink-2 text-sm">
        <RuleText>{`${rule.finds} ${rule.matters}`}</RuleText>
      </p>
      <p className="mt-1 text-sm">
        <span className="font-medium">What to do: </span>
        <span className="text-ink-2">
          <RuleText>{rule.remediation}</RuleText>
        </span>
      </p>
      <ReferenceLinks references={rule.references} />
    </>
  );
}
